#pragma once

// A fixture for tests of the log, with a file that is read back.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "foundation/base/testing/fake_clock.h"
#include "foundation/base/testing/temporary_directory.h"
#include "foundation/json/json.h"
#include "foundation/telemetry/log/async_log_options.h"
#include "foundation/telemetry/log/log_record.h"

namespace moorage::telemetry {

// A log file of one test, and what is in it.
class LogFixture : public testing::Test {
 protected:
  LogFixture() {
    options_.file = folder_ / "logs/moorage.log";
    options_.console = ConsoleForm::kNone;
  }

  static std::string ReadAll(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static std::vector<json::Json> Lines(const std::string& path) {
    std::ifstream file(path);
    std::vector<json::Json> lines;
    for (std::string line; std::getline(file, line);) {
      auto json = json::ParseJson(line);
      EXPECT_TRUE(json.ok()) << line;
      if (json.ok()) lines.push_back(*std::move(json));
    }
    return lines;
  }
  std::vector<json::Json> Lines() const { return Lines(options_.file); }

  PredictionRecord Prediction() const {
    return {.time = clock_.Now(),
            .duration = std::chrono::microseconds(1234),
            .code = 200,
            .request_id = "r-1",
            .endpoint = "predict",
            .model = "cancer",
            .version = "1.0.0",
            .request = R"({"features":[1.5,2,3]})",
            .response = R"({"prediction":1,"probability":[0.25,0.75]})"};
  }
  AccessRecord Access() const {
    return {.level = LogLevel::kInfo,
            .time = clock_.Now(),
            .duration = std::chrono::microseconds(5),
            .code = 200,
            .request_id = "r-2",
            .method = "GET",
            .path = "/api/v1/models",
            .client = "127.0.0.1:49152"};
  }

  const base::TemporaryDirectory folder_;
  AsyncLogOptions options_;
  base::FakeClock clock_;
};

}  // namespace moorage::telemetry

#pragma once

// Runs whole command lines within the test. The streams are files without a name, and the registry
// answers what the test has set.

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "edge/cli/app.h"
#include "edge/cli/testing/fake_connection.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::cli {

class CommandFixture : public testing::Test {
 protected:
  CommandFixture() : out_(std::tmpfile()), err_(std::tmpfile()) {}
  ~CommandFixture() override {
    (void)std::fclose(out_);
    (void)std::fclose(err_);
  }

  int RunWords(std::vector<const char*> words) {
    words.insert(words.begin(), "moorage");
    Surroundings surroundings{
        .environment = environment_,
        .files = base::PosixFileSystem::Get(),
        .clock = clock_,
        .out = out_,
        .err = err_,
        .version = "9.9.9",
        .open_local = [this](const config::Config& /*config*/)
            -> base::Result<std::unique_ptr<ApiConnection>> {
          ++opened_;
          return std::unique_ptr<ApiConnection>(std::make_unique<FakeConnection>(script_));
        },
        .serve = [this](const config::Config& config,
                        const ServeOptions& options) -> base::Result<int> {
          served_ = config;
          serve_options_ = options;
          return 0;
        }};
    return cli::Run(static_cast<int>(words.size()), words.data(), surroundings);
  }

  std::string Printed() { return TextOfFile(out_); }
  std::string Said() { return TextOfFile(err_); }

  void Answer(const char* json) {
    script_.answer = model::ApiReply{.status = 200, .body = json::Json::parse(json)};
  }

  static std::string TextOfFile(std::FILE* file) {
    std::string text;
    std::rewind(file);
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
      text.push_back(static_cast<char>(c));
    }
    return text;
  }

  std::map<std::string, std::string> environment_;
  base::FakeClock clock_;
  FakeConnection::Script script_;
  int opened_ = 0;
  config::Config served_;
  ServeOptions serve_options_;
  std::FILE* out_;  // what the command prints. A test may replace it for a while

 private:
  std::FILE* const err_;
};

}  // namespace moorage::cli

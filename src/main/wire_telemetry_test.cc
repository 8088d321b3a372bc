#include "main/wire_telemetry.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace moorage::main {
namespace {

telemetry::AsyncLogOptions Of(const std::map<std::string, std::string>& environment) {
  const auto loaded = config::LoadConfig("", "moorage.yaml", environment);
  EXPECT_TRUE(loaded.ok());
  return LogOptionsOf(loaded->config.logging);
}

TEST(LogOptions, AreThoseOfTheDocumentationByDefault) {
  const telemetry::AsyncLogOptions options = Of({});
  EXPECT_EQ(options.level, telemetry::LogLevel::kInfo);
  EXPECT_EQ(options.file, "./moorage-data/logs/moorage.log");
  EXPECT_EQ(options.max_size, 67'108'864U);
  EXPECT_EQ(options.keep, 5U);
  EXPECT_EQ(options.console, telemetry::ConsoleForm::kText);
  EXPECT_EQ(options.sample, 1.0);
  EXPECT_EQ(options.payload, telemetry::PayloadPolicy::kRedacted);
  EXPECT_EQ(options.max_per_second, 1000U);
}

TEST(LogOptions, FollowEveryKey) {
  const telemetry::AsyncLogOptions options =
      Of({{"MOORAGE_LOGGING__FILE", ""},
          {"MOORAGE_LOGGING__MAX_SIZE", "1MiB"},
          {"MOORAGE_LOGGING__KEEP", "2"},
          {"MOORAGE_LOGGING__PREDICTIONS__SAMPLE", "0.25"},
          {"MOORAGE_LOGGING__PREDICTIONS__MAX_PER_SECOND", "7"}});
  EXPECT_EQ(options.file, "");
  EXPECT_EQ(options.max_size, 1'048'576U);
  EXPECT_EQ(options.keep, 2U);
  EXPECT_EQ(options.sample, 0.25);
  EXPECT_EQ(options.max_per_second, 7U);
}

TEST(LogOptions, KnowEveryWordOfTheConfiguration) {
  using telemetry::ConsoleForm;
  using telemetry::LogLevel;
  using telemetry::PayloadPolicy;
  for (const auto& [word, level] : {std::pair("debug", LogLevel::kDebug),
                                    {"info", LogLevel::kInfo},
                                    {"warning", LogLevel::kWarning},
                                    {"error", LogLevel::kError}}) {
    EXPECT_EQ(Of({{"MOORAGE_LOGGING__LEVEL", word}}).level, level) << word;
  }
  for (const auto& [word, form] : {std::pair("text", ConsoleForm::kText),
                                   {"json", ConsoleForm::kJson},
                                   {"none", ConsoleForm::kNone}}) {
    EXPECT_EQ(Of({{"MOORAGE_LOGGING__CONSOLE", word}}).console, form) << word;
  }
  for (const auto& [word, policy] : {std::pair("none", PayloadPolicy::kNone),
                                     {"redacted", PayloadPolicy::kRedacted},
                                     {"full", PayloadPolicy::kFull}}) {
    EXPECT_EQ(Of({{"MOORAGE_LOGGING__PREDICTIONS__PAYLOAD", word}}).payload, policy) << word;
  }
}

}  // namespace
}  // namespace moorage::main

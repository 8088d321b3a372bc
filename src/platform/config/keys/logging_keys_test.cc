#include "platform/config/keys/logging_keys.h"

#include <gtest/gtest.h>

#include "platform/config/testing/key_bounds.h"

namespace moorage::config {
namespace {

TEST(LoggingKeys, AreTheSectionOfThatName) { ExpectSection(LoggingKeys(), "logging"); }

TEST(LoggingKeys, BoundsAreInclusive) {
  ExpectBounds({{"logging.max_size", "64KiB", "16GiB", "63KiB", "17GiB"},
                {"logging.keep", 1, 1000, 0, 1001},
                {"logging.predictions.sample", 0, 1, -0.01, 1.01},
                {"logging.predictions.max_per_second", 0, 1'000'000, -1, 1'000'001}});
}

TEST(LoggingKeys, TakeTheirWordsInLowerCaseOnly) {
  for (const char* level : {"debug", "info", "warning", "error"}) {
    EXPECT_TRUE(Takes("logging.level", level)) << level;
  }
  for (const char* form : {"text", "json", "none"}) {
    EXPECT_TRUE(Takes("logging.console", form)) << form;
  }
  for (const char* policy : {"none", "redacted", "full"}) {
    EXPECT_TRUE(Takes("logging.predictions.payload", policy)) << policy;
  }
  EXPECT_FALSE(Takes("logging.level", "INFO"));
  EXPECT_FALSE(Takes("logging.console", "colour"));
  EXPECT_FALSE(Takes("logging.predictions.payload", "all"));
}

TEST(LoggingKeys, TheFileMayBeNone) {
  EXPECT_TRUE(Takes("logging.file", nullptr));
  EXPECT_TRUE(Takes("logging.file", ""));
  EXPECT_FALSE(Takes("logging.file", 7));
}

}  // namespace
}  // namespace moorage::config

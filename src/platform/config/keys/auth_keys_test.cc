#include "platform/config/keys/auth_keys.h"

#include <gtest/gtest.h>

#include "platform/config/testing/key_bounds.h"

namespace moorage::config {
namespace {

TEST(AuthKeys, AreTheSectionOfThatName) { ExpectSection(AuthKeys(), "auth"); }

TEST(AuthKeys, OnlyModeNoneIsBuiltIn) {
  EXPECT_TRUE(Takes("auth.mode", "none"));
  for (const char* later : {"jwt", "api_key", "both", ""}) {
    EXPECT_FALSE(Takes("auth.mode", later)) << later;
  }
}

}  // namespace
}  // namespace moorage::config

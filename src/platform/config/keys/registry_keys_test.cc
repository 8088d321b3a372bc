#include "platform/config/keys/registry_keys.h"

#include <gtest/gtest.h>

#include "platform/config/testing/key_bounds.h"

namespace moorage::config {
namespace {

TEST(RegistryKeys, AreTheSectionOfThatName) { ExpectSection(RegistryKeys(), "registry"); }

TEST(RegistryKeys, TakeOneSchemeEachAndAPath) {
  EXPECT_TRUE(Takes("registry.database", "sqlite:a.db"));
  EXPECT_TRUE(Takes("registry.blobs", "file:blobs"));
  for (const char* bad : {"", "sqlite:", "sqlite://a.db", "postgres://db", "file:a.db"}) {
    EXPECT_FALSE(Takes("registry.database", bad)) << bad;
  }
  EXPECT_FALSE(Takes("registry.blobs", "s3://bucket"));
}

}  // namespace
}  // namespace moorage::config

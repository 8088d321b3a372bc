#pragma once

// Expectations on keys, one line for each, for the tests of the tables.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/json.h"
#include "platform/config/config_keys.h"

namespace moorage::config {

// The inclusive bounds of a key, and the nearest values outside them.
struct KeyBounds {
  std::string_view key;
  json::Json least;
  json::Json most;
  json::Json below;
  json::Json above;
};

inline bool Takes(std::string_view name, const json::Json& value) {
  const ConfigKey* const key = FindConfigKey(name);
  EXPECT_NE(key, nullptr) << name;
  Config config;
  return key != nullptr && key->set(config, value);
}

inline void ExpectBounds(const std::vector<KeyBounds>& rows) {
  for (const KeyBounds& row : rows) {
    EXPECT_TRUE(Takes(row.key, row.least)) << row.key;
    EXPECT_TRUE(Takes(row.key, row.most)) << row.key;
    EXPECT_FALSE(Takes(row.key, row.below)) << row.key;
    EXPECT_FALSE(Takes(row.key, row.above)) << row.key;
  }
}

// Each key of a section's table begins with the section's name, and the joined list has it.
inline void ExpectSection(std::span<const ConfigKey> keys, const std::string& section) {
  EXPECT_FALSE(keys.empty());
  for (const ConfigKey& key : keys) {
    EXPECT_TRUE(key.name.starts_with(section + ".")) << key.name;
    EXPECT_NE(FindConfigKey(key.name), nullptr) << key.name;
  }
}

}  // namespace moorage::config

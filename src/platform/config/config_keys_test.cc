#include "platform/config/config_keys.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace moorage::config {
namespace {

TEST(ConfigKeys, EachIsFoundByItsNameAndHasAVariableOfItsOwn) {
  std::set<std::string> variables;
  for (const ConfigKey& key : ConfigKeys()) {
    EXPECT_EQ(FindConfigKey(key.name), &key) << key.name;
    EXPECT_TRUE(variables.insert(VariableOf(key)).second) << key.name;
  }
  EXPECT_EQ(VariableOf(*FindConfigKey("logging.predictions.max_per_second")),
            "MOORAGE_LOGGING__PREDICTIONS__MAX_PER_SECOND");
  for (const char* none : {"", "server", "server.listen.port", "Server.listen"}) {
    EXPECT_EQ(FindConfigKey(none), nullptr) << none;
  }
}

TEST(ConfigKeys, EachTakesBackWhatItShowsAndRefusesAMapping) {
  const Config defaults;
  for (const ConfigKey& key : ConfigKeys()) {
    Config config;
    EXPECT_TRUE(key.set(config, key.get(defaults))) << key.name;
    EXPECT_EQ(key.get(config), key.get(defaults)) << key.name;
    EXPECT_FALSE(key.set(config, json::Json::object())) << key.name;
    EXPECT_EQ(ToJson(config), ToJson(defaults)) << key.name << ": a refusal changes nothing";
  }
}

TEST(ConfigKeys, BoundsAreInclusive) {
  const struct {
    const char* key;
    json::Json least;
    json::Json most;
    json::Json below;
    json::Json above;
  } rows[] = {{"server.max_body", "1KiB", "16GiB", 1023, "17GiB"},
              {"server.drain", "1ms", "1h", "999us", "3601s"},
              {"server.threads", 0, 1024, -1, 1025},
              {"serving.batch_size", 1, 4096, 0, 4097},
              {"serving.timeout", "1ms", "1h", "0s", "61m"},
              {"serving.max_concurrent_requests", 1, 1'000'000, 0, 1'000'001},
              {"serving.keep_previous", 0, 16, -1, 17},
              {"serving.inline_run", "0us", "1h", -1, "61m"},
              {"serving.inline_tick", "0us", "1h", "150", "61m"},
              {"logging.max_size", "64KiB", "16GiB", "63KiB", "17GiB"},
              {"logging.keep", 1, 1000, 0, 1001},
              {"logging.predictions.sample", 0, 1, -0.01, 1.01},
              {"logging.predictions.max_per_second", 0, 1'000'000, -1, 1'000'001}};
  for (const auto& row : rows) {
    const ConfigKey* const key = FindConfigKey(row.key);
    ASSERT_NE(key, nullptr) << row.key;
    Config config;
    EXPECT_TRUE(key->set(config, row.least)) << row.key;
    EXPECT_TRUE(key->set(config, row.most)) << row.key;
    EXPECT_FALSE(key->set(config, row.below)) << row.key;
    EXPECT_FALSE(key->set(config, row.above)) << row.key;
  }
}

TEST(ConfigKeys, WhatThisVersionHasNotIsRefusedWithAllThatLiesBelowIt) {
  EXPECT_EQ(FindUnsupportedKey("cache")->what, "prediction cache");
  EXPECT_EQ(FindUnsupportedKey("cache.redis")->name, "cache");
  EXPECT_EQ(FindUnsupportedKey("server.tls.cert")->name, "server.tls");
  for (const char* other : {"", "cached", "server", "server.tlsx", "server.listen"}) {
    EXPECT_EQ(FindUnsupportedKey(other), nullptr) << other;
  }
  for (const UnsupportedKey& key : UnsupportedKeys()) {
    EXPECT_EQ(FindConfigKey(key.name), nullptr) << key.name << " is a key and is not";
  }
}

// docs/operations/configuration.md has this row for every key.
std::string DocumentedRow(const ConfigKey& key) {
  const json::Json value = key.get(Config());
  const std::string text = value.is_string() ? value.get<std::string>() : json::ToText(value);
  const std::string shown = value.is_null() || text.empty() ? "empty" : "`" + text + "`";
  return "| `" + std::string(key.name) + "` | " + shown + " | " + std::string(key.meaning) +
         " Must be " + std::string(key.allowed) + ". |";
}

TEST(ConfigKeys, TheDocumentNamesEveryKeyWithDefaultMeaningAndAllowedValues) {
  std::ifstream file(MOORAGE_SOURCE_DIR "/docs/operations/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const ConfigKey& key : ConfigKeys()) {
    EXPECT_NE(text.str().find(DocumentedRow(key)), std::string::npos) << "missing row:\n"
                                                                      << DocumentedRow(key);
  }
  for (const UnsupportedKey& key : UnsupportedKeys()) {
    EXPECT_NE(text.str().find("`" + std::string(key.name) + "`"), std::string::npos) << key.name;
  }
}

}  // namespace
}  // namespace moorage::config

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

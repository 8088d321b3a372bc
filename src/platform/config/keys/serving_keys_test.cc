#include "platform/config/keys/serving_keys.h"

#include <gtest/gtest.h>

#include "platform/config/testing/key_bounds.h"

namespace moorage::config {
namespace {

TEST(ServingKeys, AreTheSectionOfThatName) { ExpectSection(ServingKeys(), "serving"); }

TEST(ServingKeys, BoundsAreInclusive) {
  ExpectBounds({{"serving.batch_size", 1, 4096, 0, 4097},
                {"serving.timeout", "1ms", "1h", "0s", "61m"},
                {"serving.max_concurrent_requests", 1, 1'000'000, 0, 1'000'001},
                {"serving.keep_previous", 0, 16, -1, 17},
                {"serving.inline_run", "0us", "1h", -1, "61m"},
                {"serving.inline_tick", "0us", "1h", "150", "61m"}});
}

TEST(ServingKeys, AliasesAreAListWithoutDuplicates) {
  using json::Json;
  EXPECT_TRUE(Takes("serving.aliases", Json::array({"production", "demo"})));
  for (const Json& bad : {Json::array(), Json::array({"a", "a"}), Json::array({"1.0.0"}),
                          Json::array({7}), Json("production")}) {
    EXPECT_FALSE(Takes("serving.aliases", bad)) << bad;
  }
}

TEST(ServingKeys, TheDefaultModelMayBeNone) {
  for (const json::Json& good : {json::Json(nullptr), json::Json(""), json::Json("cancer@1.2.0")}) {
    EXPECT_TRUE(Takes("serving.default_model", good)) << good;
  }
  EXPECT_FALSE(Takes("serving.default_model", "no model"));
}

}  // namespace
}  // namespace moorage::config

#include "control/management/call_values.h"

#include <gtest/gtest.h>

namespace moorage::management {
namespace {

TEST(CallValues, ASelectorIsAVersionWithOrWithoutVOrAnAlias) {
  const model::ModelName name("cancer");
  EXPECT_EQ(SelectorRef(name, "1.2.0")->version()->text(), "1.2.0");
  EXPECT_EQ(SelectorRef(name, "v1.2.0")->version()->text(), "1.2.0");
  EXPECT_EQ(SelectorRef(name, "v2")->alias()->value(), "v2");
  EXPECT_EQ(SelectorRef(name, "staging")->alias()->value(), "staging");
  for (const char* bad : {"", "1.2", "Staging", "a b"}) {
    EXPECT_FALSE(SelectorRef(name, bad).ok()) << bad;
  }
  EXPECT_EQ(ParseVersion("v1.2.0")->text(), "1.2.0");
  for (const char* bad : {"", "v", "vv1.2.0", "staging"}) EXPECT_FALSE(ParseVersion(bad).ok());
}

TEST(CallValues, AnAbsentMemberIsEmptyFalseOrNothing) {
  const json::Json body = json::Json::object();
  const json::JsonReader reader(body);
  EXPECT_EQ(*OptionalText(reader, "reason"), "");
  EXPECT_FALSE(*ReadFlag(reader, "force"));
  EXPECT_FALSE(OptionalVersion(reader, "to")->has_value());
  EXPECT_FALSE(ReadExpected(reader)->has_value());
}

TEST(CallValues, NullIsNoVersionAndAnAliasThatMustNotExist) {
  const json::Json body = {{"to", nullptr}, {"expected", nullptr}};
  const json::JsonReader reader(body);
  EXPECT_FALSE(OptionalVersion(reader, "to")->has_value());
  const auto expected = ReadExpected(reader);
  ASSERT_TRUE(expected->has_value());
  EXPECT_FALSE((*expected)->version.has_value());
}

}  // namespace
}  // namespace moorage::management

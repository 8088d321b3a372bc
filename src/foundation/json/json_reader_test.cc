#include "foundation/json/json_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::json {
namespace {

Json J(std::string_view text) { return *ParseJson(text); }

TEST(JsonReader, ReadsTypedMembers) {
  const Json json = J(R"({"s": "x", "b": true, "i": -3, "d": 0.5})");
  const JsonReader reader(json);
  EXPECT_EQ(*reader.Member("s")->String(), "x");
  EXPECT_EQ(*reader.Member("b")->Bool(), true);
  EXPECT_EQ(*reader.Member("i")->Integer(), -3);
  EXPECT_EQ(*reader.Member("i")->Number(), -3.0);
  EXPECT_EQ(*reader.Member("d")->Number(), 0.5);
  EXPECT_FALSE(reader.Find("absent").has_value());
}

TEST(JsonReader, NamesThePathOfWhatDoesNotFit) {
  const Json json = J(R"({"a": [{"b": 7}]})");
  const auto items = JsonReader(json).Member("a")->Items();
  const auto text = (*items)[0].Member("b")->String();
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, base::Code::kInvalid);
  EXPECT_EQ(text.error().message, "a[0].b: must be a string");
  ASSERT_EQ(text.error().details.size(), 1U);
  EXPECT_EQ(text.error().details[0], (base::Detail{"a[0].b", "must be a string"}));
}

TEST(JsonReader, ReportsMissingAndUnknownMembers) {
  const Json json = J(R"({"nmae": 1})");
  EXPECT_EQ(JsonReader(json, "body").Member("name").error().message, "body.name: missing");
  EXPECT_EQ(JsonReader(json).OnlyMembers({"name", "to"}).error().message,
            "nmae: unknown key; known are: name, to");
  EXPECT_TRUE(JsonReader(json).OnlyMembers({"nmae"}).ok());
}

TEST(JsonReader, SaysWhenTheDocumentIsNoObject) {
  const Json json = J("[1]");
  EXPECT_EQ(JsonReader(json).OnlyMembers({"a"}).error().message, "document: must be an object");
  EXPECT_EQ(JsonReader(json).Member("a").error().message, "document: must be an object");
  EXPECT_EQ(JsonReader(json).Members().error().message, "document: must be an object");
  EXPECT_EQ(JsonReader(json, "x").Bool().error().message, "x: must be true or false");
}

TEST(JsonReader, TakesWholeNumbersWithinBoundsOnly) {
  const Json json = J("[9223372036854775807, 18446744073709551615, 1.0, -1]");
  const auto items = *JsonReader(json, "n").Items();
  EXPECT_EQ(*items[0].Integer(), INT64_MAX);
  EXPECT_FALSE(items[1].Integer().ok());
  EXPECT_EQ(items[2].Integer().error().message, "n[2]: must be a whole number");
  EXPECT_EQ(items[3].Integer(0, 9).error().message, "n[3]: must be from 0 to 9");
}

TEST(JsonReader, WalksObjectsWhoseKeysAreData) {
  const Json json = J(R"({"f1": 0.5, "auc": 0.9})");
  const auto members = *JsonReader(json, "metrics").Members();
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[1].name, "auc");
  EXPECT_EQ(members[1].value.path(), "metrics.auc");
}

}  // namespace
}  // namespace moorage::json

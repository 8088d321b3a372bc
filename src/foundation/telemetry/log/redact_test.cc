#include "foundation/telemetry/log/redact.h"

#include <gtest/gtest.h>

#include <string>

#include "foundation/json/json.h"

namespace moorage::telemetry {
namespace {

TEST(Redact, ReplacesEveryScalarByItsType) {
  EXPECT_EQ(RedactJson(R"({"a":1,"b":"secret","c":true,"d":null,"e":-1.5e3})"),
            R"({"a":"number","b":"string","c":"boolean","d":"null","e":"number"})");
}

TEST(Redact, CollapsesArraysOfLikeElements) {
  EXPECT_EQ(RedactJson(R"({"features": [1, 2.5, 3]})"),
            R"({"features":{"array":3,"of":"number"}})");
  EXPECT_EQ(RedactJson(R"({"instances": [[1,2],[3,4],[5,6]]})"),
            R"({"instances":{"array":3,"of":{"array":2,"of":"number"}}})");
  EXPECT_EQ(RedactJson(R"([{"age":3,"city":"a"},{"age":4,"city":"b"}])"),
            R"({"array":2,"of":{"age":"number","city":"string"}})");
  EXPECT_EQ(RedactJson("[]"), R"({"array":0})");
}

TEST(Redact, ShowsTheElementsOfAnUnlikeArrayUpToSixteen) {
  EXPECT_EQ(RedactJson(R"([1,2,"x",null])"),
            R"({"array":4,"of":["number","number","string","null"]})");
  std::string many = "[";
  for (int i = 0; i < 100; ++i) many += i % 2 == 0 ? "1," : "true,";
  many += "1]";
  const auto redacted = RedactJson(many);
  ASSERT_TRUE(redacted.has_value());
  const auto json = json::ParseJson(*redacted);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*json)["array"], 101);
  EXPECT_EQ((*json)["of"].size(), 16U);
}

TEST(Redact, KeepsNoContentWhereverItHides) {
  const std::string secret = "4111-1111";
  for (const std::string& request :
       {R"({"features":{"card":")" + secret + R"("}})", R"(["x",")" + secret + R"(",1])",
        R"({"a":[[")" + secret + R"("],[2]]})", std::string(R"({"n":4111.1111})"),
        "\"" + secret + "\""}) {
    const auto redacted = RedactJson(request);
    ASSERT_TRUE(redacted.has_value()) << request;
    EXPECT_EQ(redacted->find("4111"), std::string::npos) << *redacted;
  }
}

TEST(Redact, RefusesWhatIsNotOneDocument) {
  for (const char* text :
       {"", " ", "{", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "[1] x", "tru", "\"a",
        "\"\\q\"", "\"\\u12\"", "\"\n\"", "\"\xFF\"", "{\"\xC0\x80\":1}", "nul", "]", "\x80\x04"}) {
    EXPECT_FALSE(RedactJson(text).has_value()) << text;
  }
  EXPECT_FALSE(RedactJson(std::string(100, '[') + std::string(100, ']')).has_value());
}

TEST(Redact, ReadsEscapesAndCharactersBeyondAscii) {
  EXPECT_EQ(RedactJson(R"({"a\"b\\":"\\\"","m\u00e4":"\/"})"),
            R"({"a\"b\\":"string","m\u00e4":"string"})");
  EXPECT_EQ(RedactJson("{\"m\xC3\xA4laga\":\"\xF0\x9F\x98\x80\"}"),
            "{\"m\xC3\xA4laga\":\"string\"}");
}

TEST(Redact, AlwaysGivesValidJson) {
  for (const char* text : {R"({"a":[{"b":[1,[2,"x"]]},{"b":[]}],"c":{}})", "1", "[[[]]]",
                           R"({"a\tb":[true,false],"":""})"}) {
    const auto redacted = RedactJson(text);
    ASSERT_TRUE(redacted.has_value()) << text;
    EXPECT_TRUE(json::ParseJson(*redacted).ok()) << *redacted;
  }
}

}  // namespace
}  // namespace moorage::telemetry

#include "foundation/json/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace moorage::json {
namespace {

std::string Problem(std::string_view text) {
  const auto json = ParseJson(text);
  return json.ok() ? "parsed as " + ToText(*json) : json.error().message;
}

TEST(Json, KeepsTheOrderOfMembers) {
  const auto json = ParseJson(R"({"z": 1, "a": [true, null, "x"], "m": {}})");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(ToText(*json), R"({"z":1,"a":[true,null,"x"],"m":{}})");
}

TEST(Json, KeepsIntegersAndFractionsApart) {
  const auto json =
      ParseJson("[18446744073709551615, -9223372036854775808, 1.0, 9007199254740993, 0.1]");
  ASSERT_TRUE(json.ok());
  EXPECT_TRUE((*json)[0].is_number_unsigned());
  EXPECT_EQ((*json)[0].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE((*json)[1].is_number_integer());
  EXPECT_EQ((*json)[1].get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE((*json)[2].is_number_float());
  EXPECT_EQ((*json)[3].get<std::int64_t>(), 9007199254740993);
  EXPECT_EQ(ToText(*json), "[18446744073709551615,-9223372036854775808,1.0,9007199254740993,0.1]");
}

TEST(Json, RefusesNumbersBeyondTheLargestDoubleWithTheirPath) {
  const struct {
    const char* text;
    const char* path;
  } rows[] = {{"1e400", ""},
              {"[0, -1e400]", "[1]"},
              {R"({"golden": [{"features": [1, 2]}, {"features": [0.5, 1e400]}]})",
               "golden[1].features[1]"},
              {R"({"metrics": {"loss": -1e999}})", "metrics.loss"},
              {R"([{}, [], {"a": 1e309}])", "[2].a"}};
  for (const auto& row : rows) {
    const auto json = ParseJson(row.text);
    ASSERT_FALSE(json.ok()) << row.text;
    EXPECT_EQ(json.error().code, base::Code::kInvalid);
    const std::string path = row.path;
    const std::string place = path.empty() ? "" : path + ": ";
    EXPECT_EQ(json.error().message, "JSON: " + place + "out of range for a number") << row.text;
    ASSERT_EQ(json.error().details.size(), 1U);
    EXPECT_EQ(json.error().details[0], (base::Detail{path, "out of range for a number"}));
  }
  EXPECT_EQ(Problem("[1e20, 99999999999999999999.0, 1e-400]"), "parsed as [1e+20,1e+20,0.0]");
}

TEST(Json, GivesAnIntegerBeyond64BitsAsTheNearestDouble) {
  EXPECT_EQ(Problem("[99999999999999999999, 18446744073709551616, -9223372036854775809]"),
            "parsed as [1e+20,1.8446744073709552e+19,-9.223372036854776e+18]");
  EXPECT_EQ(Problem(std::string(400, '9')), "JSON: out of range for a number");
}

TEST(Json, KeepsWholeNumbersExactHoweverTheyAreWritten) {
  EXPECT_EQ(Problem("[9007199254740993.0, 12345678901234567e3, 1e2, 1.0]"),
            "parsed as [9007199254740993,12345678901234567000,100.0,1.0]");
}

TEST(Json, WritesDoublesSoThatTheyReadBackTheSame) {
  for (const double value :
       {0.1, 1.0 / 3.0, 5e-324, std::numeric_limits<double>::max(), 1e22, -0.5}) {
    const auto json = ParseJson(ToText(Json(value)));
    ASSERT_TRUE(json.ok());
    EXPECT_EQ(json->get<double>(), value);
  }
}

TEST(Json, NamesLineAndColumnOfASyntaxError) {
  EXPECT_EQ(Problem("{\"a\": 1,\n \"b\": tru}"),
            "JSON: line 2, column 10: syntax error while parsing value - invalid literal");
  EXPECT_EQ(Problem("[1, 2"),
            "JSON: line 1, column 6: syntax error while parsing array - unexpected end of input; "
            "expected ']'");
  EXPECT_EQ(Problem("[1] x").rfind("JSON: line 1, column 5: ", 0), 0U) << Problem("[1] x");
  EXPECT_EQ(Problem(""), "JSON: the text is empty");
}

TEST(Json, DoesNotRepeatTheBytesOfABadDocument) {
  EXPECT_EQ(Problem("[\"secret\x01\"]").find("secret"), std::string::npos);
}

TEST(Json, RefusesWhatLenientParsersTake) {
  for (const char* text :
       {"NaN",         "[NaN]",          "[Infinity]", "[1,]",  "{\"a\":1,}", "[01]",    "[1.]",
        "[.5]",        "[+1]",           "'a'",        "{a:1}", "[1] [2]",    "// c\n1", "\"\xff\"",
        "\"\\ud800\"", "\xEF\xBB\xBF[]", "[1e999]",    "nul",   "\"a",        " "}) {
    EXPECT_FALSE(ParseJson(text).ok()) << text;
  }
}

TEST(Json, RefusesDuplicateKeysWithTheirPath) {
  EXPECT_EQ(Problem(R"({"a": 1, "a": 2})"), "JSON: duplicate key 'a'");
  EXPECT_EQ(Problem(R"({"x": {"y": [0, {"a": 1, "b": 2, "a": 3}]}})"),
            "JSON: duplicate key 'a' in 'x.y[1]'");
  EXPECT_EQ(Problem(R"({"a": 1, "\u0061": 2})"), "JSON: duplicate key 'a'");
  EXPECT_TRUE(ParseJson(R"([{"a": 1}, {"a": 2}, {"b": {"a": 3}, "a": 4}])").ok());
}

TEST(Json, TakesSixtyFourLevelsAndNotOneMore) {
  EXPECT_TRUE(ParseJson(std::string(64, '[') + std::string(64, ']')).ok());
  EXPECT_EQ(Problem(std::string(65, '[') + std::string(65, ']')),
            "JSON: nested deeper than 64 levels");
  EXPECT_EQ(Problem(std::string(1000000, '[')), "JSON: nested deeper than 64 levels");
}

TEST(Json, ReadsManyMembersInReasonableTime) {
  std::string text = "{";
  for (int i = 0; i < 200000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  text.back() = '}';
  const auto json = ParseJson(text);  // quadratic insertion would take minutes
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->size(), 200000U);
}

TEST(Json, ReplacesInvalidUtf8WhenWriting) {
  EXPECT_EQ(ToText(Json("a\xff"
                        "b")),
            "\"a\xEF\xBF\xBD"
            "b\"");
  EXPECT_EQ(ToPrettyText(Json::object({{"a", 1}})), "{\n  \"a\": 1\n}");
}

}  // namespace
}  // namespace moorage::json

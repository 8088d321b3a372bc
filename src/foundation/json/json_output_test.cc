#include "foundation/json/json_output.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "foundation/base/testing/fake_clock.h"
#include "foundation/json/json.h"

namespace moorage::json {
namespace {

TEST(JsonOutput, GivesTheMemoryOfALargeDocumentBack) {
  JsonOutput json;
  json.Clear().String(std::string(1000, 'x'));
  const char* const small = json.view().data();
  json.Trim();
  EXPECT_EQ(json.Clear().Integer(1).view().data(), small) << "a usual document is written in place";
  json.Clear().String(std::string(300000, 'x'));
  json.Trim();
  EXPECT_EQ(json.view(), "");
  EXPECT_EQ(json.Clear().Integer(7).view(), "7");
}

TEST(JsonOutput, PutsCommasWhereTheyBelong) {
  JsonOutput out;
  out.BeginObject().Key("a").BeginArray().Integer(1).Integer(-2).BeginArray().EndArray();
  out.BeginObject().EndObject().EndArray().Key("b").String("x").Key("c").Null();
  out.Key("d").Boolean(true).Key("e").Raw("[1]").Key("f").Unsigned(UINT64_MAX).EndObject();
  EXPECT_EQ(out.view(),
            R"({"a":[1,-2,[],{}],"b":"x","c":null,"d":true,"e":[1],"f":18446744073709551615})");
  EXPECT_EQ(out.Clear().BeginArray().EndArray().view(), "[]");
}

TEST(JsonOutput, WritesNumbersThatReadBackAsTheSame) {
  JsonOutput out;
  for (const double value : {0.1, 1.0, 1e300, 5e-324, 1.0 / 3, -0.0, 123456789012345678.0,
                             123456789012345680000.0, -18446744073709551616.0}) {
    const auto json = ParseJson(out.Clear().Number(value).view());
    ASSERT_TRUE(json.ok()) << out.view();
    EXPECT_EQ(json->get<double>(), value);
  }
  EXPECT_EQ(out.Clear().Number(0.1F).view(), "0.1");
  EXPECT_EQ(out.Clear().Number(0.98).view(), "0.98");
  EXPECT_EQ(out.Clear().Number(std::nan("")).view(), "null");
  EXPECT_EQ(out.Clear().Number(-std::numeric_limits<double>::infinity()).view(), "null");
  EXPECT_EQ(out.Clear().Integer(INT64_MIN).view(), "-9223372036854775808");
}

TEST(JsonOutput, EscapesWhatAStringMayNotHold) {
  JsonOutput out;
  EXPECT_EQ(out.String("a\"b\\c\n\t\r\x01\x1f/").view(), R"("a\"b\\c\n\t\r\u0001\u001f/")");
  EXPECT_EQ(out.Clear().String("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80").view(),
            "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
}

TEST(JsonOutput, ReplacesEverythingThatIsNotUtf8) {
  const std::string kMark = "\xEF\xBF\xBD";
  JsonOutput out;
  EXPECT_EQ(out.Clear()
                .String("a\xff"
                        "b")
                .view(),
            "\"a" + kMark + "b\"");
  EXPECT_EQ(out.Clear().String("\xc3").view(), "\"" + kMark + "\"");
  EXPECT_EQ(out.Clear().String("\xc0\xaf").view(), "\"" + kMark + kMark + "\"");  // overlong
  EXPECT_EQ(out.Clear().String("\xed\xa0\x80").view(),
            "\"" + kMark + kMark + kMark + "\"");  // surrogate
  EXPECT_EQ(out.Clear().String("\xf4\x90\x80\x80").view(),
            "\"" + kMark + kMark + kMark + kMark + "\"");  // beyond U+10FFFF
  // Whatever the bytes, the text is a JSON string.
  std::string bytes;
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; second += 5) {
      bytes.assign({static_cast<char>(first), static_cast<char>(second), 'x'});
      EXPECT_TRUE(ParseJson(out.Clear().String(bytes).view()).ok()) << first << second;
    }
  }
}

TEST(JsonOutput, WritesTimeToTheMillisecond) {
  base::FakeClock clock;
  JsonOutput out;
  EXPECT_EQ(out.Clear().Time(clock.Now()).view(), "\"2026-01-27T01:08:12.345Z\"");
  clock.Advance(std::chrono::microseconds(654'999));
  EXPECT_EQ(out.Clear().Time(clock.Now()).view(), "\"2026-01-27T01:08:12.999Z\"");
  clock.Advance(std::chrono::microseconds(1));
  EXPECT_EQ(out.Clear().Time(clock.Now()).view(), "\"2026-01-27T01:08:13.000Z\"");
}

}  // namespace
}  // namespace moorage::json

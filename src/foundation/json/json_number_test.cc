#include "foundation/json/json_number.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "foundation/json/json_cursor.h"

// How JsonCursor reads numbers, one by one.
namespace moorage::json {
namespace {

JsonNumber Number(const std::string& text) {
  JsonCursor json(text);
  const JsonNumber number = json.ReadNumber();
  EXPECT_TRUE(json.AtEnd()) << text << ": " << json.problem();
  return number;
}

double AsDouble(const JsonNumber& number) {
  if (number.kind == JsonNumber::Kind::kInteger) return static_cast<double>(number.integer);
  if (number.kind == JsonNumber::Kind::kUnsigned) {
    return static_cast<double>(number.unsigned_integer);
  }
  return number.real;
}

TEST(JsonNumber, KeepsIntegersExact) {
  EXPECT_EQ(Number("9223372036854775807").integer, INT64_MAX);
  EXPECT_EQ(Number("-9223372036854775808").integer, INT64_MIN);
  EXPECT_EQ(Number("9223372036854775808").kind, JsonNumber::Kind::kUnsigned);
  EXPECT_EQ(Number("18446744073709551615").unsigned_integer, UINT64_MAX);
  EXPECT_EQ(Number("-0").integer, 0);
  EXPECT_TRUE(std::signbit(Number("-0.0").real));
}

TEST(JsonNumber, GivesAnIntegerBeyond64BitsAsTheNearestDouble) {
  for (const char* text : {"18446744073709551616", "-9223372036854775809", "-18446744073709551615",
                           "99999999999999999999999", "100000000000000000000.0", "1e300"}) {
    const JsonNumber number = Number(text);
    EXPECT_EQ(number.kind, JsonNumber::Kind::kDouble) << text;
    EXPECT_EQ(number.real, std::strtod(text, nullptr)) << text;
  }
}

TEST(JsonNumber, KeepsWholeNumbersExactHoweverTheyAreWritten) {
  for (const char* text : {"9007199254740993.0", "9007199254740993.000e0", "9.007199254740993e15",
                           "90071992547409930e-1", "0.0009007199254740993E+19"}) {
    const JsonNumber number = Number(text);
    EXPECT_EQ(number.kind, JsonNumber::Kind::kInteger) << text;
    EXPECT_EQ(number.integer, 9007199254740993) << text;
  }
  EXPECT_EQ(Number("-9223372036854775808.0").integer, INT64_MIN);
  EXPECT_EQ(Number("-9223372036854775808.0").kind, JsonNumber::Kind::kInteger);
  EXPECT_EQ(Number("18446744073709551615.0").unsigned_integer, UINT64_MAX);
  EXPECT_EQ(Number("1e19").unsigned_integer, 10000000000000000000U);
  // A fraction, or beyond 64 bits.
  for (const char* text : {"9007199254740993.5", "90071992547409931e-1", "18446744073709551616.0",
                           "-9223372036854775809.0", "1e20", "1e-400"}) {
    EXPECT_EQ(Number(text).kind, JsonNumber::Kind::kDouble) << text;
  }
  // A double holds these, so they need no integer.
  for (const char* text : {"1.0", "1e2", "-0.0", "9007199254740991.0"}) {
    EXPECT_EQ(Number(text).kind, JsonNumber::Kind::kDouble) << text;
  }
}

TEST(JsonNumber, TellsOverflowFromUnderflow) {
  EXPECT_EQ(Number("1e400").kind, JsonNumber::Kind::kTooLarge);
  EXPECT_EQ(Number("-1e400").kind, JsonNumber::Kind::kTooLarge);
  EXPECT_EQ(Number("1e-400").real, 0.0);
  EXPECT_TRUE(std::signbit(Number("-1e-400").real));
  EXPECT_EQ(Number("1.7976931348623157e308").real, 1.7976931348623157e308);
  const std::string nines(400, '9');
  const std::string zeros(400, '0');
  EXPECT_EQ(Number(nines + ".5").kind, JsonNumber::Kind::kTooLarge);
  EXPECT_EQ(Number(nines + "e-1").kind, JsonNumber::Kind::kTooLarge);
  EXPECT_EQ(Number("-0." + zeros + "1e+5").kind, JsonNumber::Kind::kDouble);
  EXPECT_TRUE(std::signbit(Number("-0." + zeros + "1e+5").real));
  EXPECT_EQ(Number("1e99999999999999999999").kind, JsonNumber::Kind::kTooLarge);
  EXPECT_EQ(Number("1e-99999999999999999999").real, 0.0);
  EXPECT_EQ(Number("0e99999999999999999999").real, 0.0);
}

TEST(JsonNumber, ReadsRandomDoublesExactly) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200000; ++i) {
    const auto bits = random();
    double value;
    static_assert(sizeof(value) == sizeof(bits));
    std::memcpy(&value, &bits, sizeof(value));
    if (!std::isfinite(value)) continue;
    char text[40];
    auto [end, error] =
        std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific);
    ASSERT_EQ(error, std::errc());
    JsonCursor json({text, static_cast<std::size_t>(end - text)});
    ASSERT_EQ(AsDouble(json.ReadNumber()), value) << std::string(text, end);
  }
}

TEST(JsonNumber, ReadsShortDecimalsAsTheLibraryDoes) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 200000; ++i) {
    std::string text = std::to_string(random() % 1000000) + ".";
    const auto digits = 1 + random() % 18;
    for (std::size_t d = 0; d < digits; ++d) text.push_back(static_cast<char>('0' + random() % 10));
    double expected = 0;
    std::from_chars(text.data(), text.data() + text.size(), expected);
    ASSERT_EQ(Number(text).real, expected) << text;
  }
}

TEST(JsonNumber, TakesNonFiniteWordsOnlyWhereTheyAreAllowed) {
  JsonCursor json("[NaN, Infinity, -Infinity, 1]", NonFiniteWords::kAccept);
  json.BeginArray();
  ASSERT_TRUE(json.NextElement());
  EXPECT_EQ(json.Peek(), JsonCursor::Type::kNumber);
  EXPECT_TRUE(std::isnan(json.ReadNumber().real));
  ASSERT_TRUE(json.NextElement());
  EXPECT_EQ(json.ReadNumber().real, HUGE_VAL);
  ASSERT_TRUE(json.NextElement());
  EXPECT_EQ(json.ReadNumber().real, -HUGE_VAL);
  ASSERT_TRUE(json.NextElement());
  EXPECT_EQ(json.ReadNumber().integer, 1);
  EXPECT_FALSE(json.NextElement());
  EXPECT_TRUE(json.AtEnd());
  for (const char* text : {"NaNs", "-NaN", "Inf", "-Inf", "nan"}) {
    JsonCursor bad(text, NonFiniteWords::kAccept);
    bad.Skip();
    EXPECT_FALSE(bad.AtEnd()) << text;
  }
}

}  // namespace
}  // namespace moorage::json

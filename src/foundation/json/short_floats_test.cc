#include "foundation/json/short_floats.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "foundation/json/json_cursor.h"

// How JsonCursor reads many numbers at once.
namespace moorage::json {
namespace {

double DoubleOf(const JsonNumber& number) {
  if (number.kind == JsonNumber::Kind::kInteger) return static_cast<double>(number.integer);
  if (number.kind == JsonNumber::Kind::kUnsigned) {
    return static_cast<double>(number.unsigned_integer);
  }
  return number.real;
}

TEST(ShortFloats, TakesTheIntegerMinusZeroForZero) {
  const std::string text = "[-0, -0.0, 1]" + std::string(40, ' ');
  JsonCursor json(text);
  ASSERT_TRUE(json.BeginArray());
  float values[3] = {1, 1, 1};
  ASSERT_EQ(json.ReadShortFloats(values, 3), 3U);
  EXPECT_FALSE(std::signbit(values[0]));
  EXPECT_TRUE(std::signbit(values[1]));
}

// Reads an array of numbers by the short way as far as it goes, then element by element.
std::vector<float> Floats(const std::string& text, std::size_t& by_the_short_way) {
  JsonCursor json(text);
  std::vector<float> floats(64);
  json.BeginArray();
  by_the_short_way = json.ReadShortFloats(floats.data(), floats.size());
  floats.resize(by_the_short_way);
  while (json.NextElement()) {
    const JsonNumber number = json.ReadNumber();
    floats.push_back(static_cast<float>(DoubleOf(number)));
  }
  EXPECT_TRUE(json.AtEnd()) << text << ": " << json.problem();
  return floats;
}

TEST(ShortFloats, ReadsShortFloatsAsItReadsEachElement) {
  std::mt19937_64 random(10);
  std::size_t short_way = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = "[";
    std::vector<float> expected;
    for (auto n = random() % 12; n > 0; --n) {
      std::string token = random() % 3 == 0 ? "-" : "";
      token += std::to_string(random() % (random() % 4 == 0 ? 100000000 : 1000));
      if (random() % 4 != 0)
        token += "." + std::to_string(random() % (random() % 8 == 0 ? 1000000000000 : 100000));
      if (random() % 16 == 0) token += "e-3";
      double value = 0;
      std::from_chars(token.data(), token.data() + token.size(), value);
      expected.push_back(static_cast<float>(value));
      text += (expected.size() > 1 ? (random() % 2 == 0 ? ", " : ",") : "") + token;
    }
    text += "]" + std::string(40, ' ');
    std::size_t by_the_short_way = 0;
    ASSERT_EQ(Floats(text, by_the_short_way), expected) << text;
    short_way += by_the_short_way;
  }
  EXPECT_GT(short_way, 20000U);
}

TEST(ShortFloats, LeavesWhatIsUnusualToTheStrictReader) {
  const std::string room(40, ' ');
  for (const char* first : {"01", "1.", ".5", "+1", "1e3", "12345678", "x", "\"a\"", "-", "--1",
                            "1x", "0.1234567890123456", "[1]", "null"}) {
    JsonCursor json(std::string_view{});
    const std::string text = std::string("[") + first + ", 2, 3]" + room;
    json = JsonCursor(text);
    float out[8];
    json.BeginArray();
    EXPECT_EQ(json.ReadShortFloats(out, 8), 0U) << first;
  }
}

TEST(ShortFloats, ReadsEveryLengthOfDigits) {
  const std::string digits = "98765432109";
  for (std::size_t whole = 1; whole <= 9; ++whole) {
    for (std::size_t places = 0; places <= 10; ++places) {
      for (const char* sign : {"", "-"}) {
        std::string number = sign + digits.substr(0, whole);
        if (places > 0) number += "." + digits.substr(digits.size() - places);
        const std::string text = "," + number + "]";
        // Alone at the end of the text, and with more behind it.
        for (const std::string& padded : {text, text + std::string(64, '7')}) {
          float value = 0;
          const ScannedFloats read = ScanShortFloats(padded, ArrayPlace::kBehindElement, &value, 1);
          const bool is_short = whole <= 7 && places <= 8;
          ASSERT_EQ(read.count, is_short ? 1U : 0U) << padded;
          ASSERT_EQ(read.end - padded.data(), is_short ? static_cast<int>(number.size()) + 1 : 0);
          if (!is_short) continue;
          ASSERT_EQ(value, static_cast<float>(std::strtod(number.c_str(), nullptr))) << padded;
        }
      }
    }
  }
}

}  // namespace
}  // namespace moorage::json

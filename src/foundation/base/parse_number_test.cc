#include "foundation/base/parse_number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace moorage::base {
namespace {

TEST(ParseNumber, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(ParseNumber<int>("42"), 42);
  EXPECT_EQ(ParseNumber<int>("-7"), -7);
  for (const char* text : {"", " 42", "42 ", "4 2", "+42", "0x2A", "42.0", "forty"}) {
    EXPECT_EQ(ParseNumber<int>(text), std::nullopt) << text;
  }
}

TEST(ParseNumber, RefusesWhatTheTypeDoesNotHold) {
  EXPECT_EQ(ParseNumber<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(ParseNumber<std::uint16_t>("65536"), std::nullopt);
  EXPECT_EQ(ParseNumber<std::uint16_t>("-1"), std::nullopt);
  EXPECT_EQ(ParseNumber<double>("1e400"), std::nullopt);
}

TEST(ParseNumber, ReadsAFractionAndAnExponent) {
  EXPECT_EQ(ParseNumber<double>("-2.5e3"), -2500.0);
  EXPECT_EQ(ParseNumber<double>("2.5.1"), std::nullopt);
}

}  // namespace
}  // namespace moorage::base

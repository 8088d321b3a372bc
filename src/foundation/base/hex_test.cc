#include "foundation/base/hex.h"

#include <gtest/gtest.h>

#include <array>

namespace moorage::base {
namespace {

TEST(Hex, WritesHighDigitFirstInLowerCase) {
  const std::array<std::byte, 4> bytes = {std::byte{0x00}, std::byte{0x0f}, std::byte{0xa5},
                                          std::byte{0xff}};
  EXPECT_EQ(Hex(bytes), "000fa5ff");
  EXPECT_EQ(Hex({}), "");
}

TEST(IsLowerHex, RefusesUpperCaseAndOtherCharacters) {
  EXPECT_TRUE(IsLowerHex("0123456789abcdef"));
  EXPECT_FALSE(IsLowerHex("0A"));
  EXPECT_FALSE(IsLowerHex("0g"));
  EXPECT_FALSE(IsLowerHex("0 "));
  EXPECT_FALSE(IsLowerHex(std::string_view("0\0", 2)));
}

}  // namespace
}  // namespace moorage::base

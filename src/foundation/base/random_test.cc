#include "foundation/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "foundation/base/hex.h"

namespace moorage::base {
namespace {

class CountingRandom : public Random {
 public:
  void Fill(std::span<std::byte> bytes) override {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned char next_ = 0x0e;
};

TEST(RandomHex, HasTwoLowerCaseDigitsForEachByteOfTheSource) {
  CountingRandom source;
  EXPECT_EQ(RandomHex(source, 4), "0e0f1011");
  EXPECT_EQ(RandomHex(source, 0), "");
}

TEST(SystemRandom, NeverRepeatsSixteenBytes) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = RandomHex(SystemRandom::Get(), 16);
    EXPECT_EQ(text.size(), 32U);
    EXPECT_TRUE(IsLowerHex(text));
    EXPECT_TRUE(seen.insert(text).second);
  }
}

TEST(SystemRandom, FillsBuffersLargerThanOneSystemCallGives) {
  std::vector<std::byte> bytes(1 << 20);
  SystemRandom::Get().Fill(bytes);
  std::array<std::size_t, 256> counts{};
  for (const std::byte byte : bytes) ++counts[std::to_integer<std::size_t>(byte)];
  // 4096 of each value are expected, and 12 standard deviations are 770.
  for (const std::size_t count : counts) EXPECT_NEAR(static_cast<double>(count), 4096.0, 770.0);
}

}  // namespace
}  // namespace moorage::base

#include "foundation/model/datatype.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace moorage::model {
namespace {

TEST(DataType, HasTheNamesAndSizesOfTheOpenInferenceProtocol) {
  struct Row {
    const char* name;
    DataType type;
    std::size_t size;
  };
  for (const Row& row : {Row{"BOOL", DataType::kBool, 1}, Row{"UINT8", DataType::kUint8, 1},
                         Row{"UINT16", DataType::kUint16, 2}, Row{"UINT32", DataType::kUint32, 4},
                         Row{"UINT64", DataType::kUint64, 8}, Row{"INT8", DataType::kInt8, 1},
                         Row{"INT16", DataType::kInt16, 2}, Row{"INT32", DataType::kInt32, 4},
                         Row{"INT64", DataType::kInt64, 8}, Row{"FP16", DataType::kFp16, 2},
                         Row{"BF16", DataType::kBf16, 2}, Row{"FP32", DataType::kFp32, 4},
                         Row{"FP64", DataType::kFp64, 8}, Row{"BYTES", DataType::kBytes, 0}}) {
    EXPECT_EQ(Name(row.type), row.name);
    EXPECT_EQ(ParseDataType(row.name), row.type);
    EXPECT_EQ(ElementSize(row.type), row.size);
  }
  EXPECT_FALSE(ParseDataType("fp32").has_value());
  EXPECT_FALSE(ParseDataType("").has_value());
  EXPECT_TRUE(IsInteger(DataType::kUint8) && IsInteger(DataType::kInt64));
  EXPECT_FALSE(IsInteger(DataType::kBool) || IsInteger(DataType::kFp16));
  EXPECT_TRUE(IsFloating(DataType::kFp16) && IsFloating(DataType::kFp64));
  EXPECT_FALSE(IsFloating(DataType::kBytes) || IsFloating(DataType::kInt64));
}

TEST(Half, GoesToFloatAndBackUnchangedForAllBitPatterns) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = HalfToFloat(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(value)))) << bits;
    } else {
      ASSERT_EQ(FloatToHalf(value), half) << bits;
    }
  }
}

TEST(Half, HasTheValuesOfTheStandard) {
  EXPECT_EQ(HalfToFloat(0x3c00), 1.0F);
  EXPECT_EQ(HalfToFloat(0xc000), -2.0F);
  EXPECT_EQ(HalfToFloat(0x7bff), 65504.0F);
  EXPECT_EQ(HalfToFloat(0x0001), 0x1p-24F);
  EXPECT_EQ(HalfToFloat(0x0400), 0x1p-14F);
  EXPECT_EQ(HalfToFloat(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::signbit(HalfToFloat(0x8000)));
}

TEST(Half, RoundsToNearestAndTiesToEven) {
  EXPECT_EQ(FloatToHalf(65519.0F), 0x7bff);
  EXPECT_EQ(FloatToHalf(65520.0F),
            0x7c00);  // the tie goes to the even neighbour, which is infinity
  EXPECT_EQ(FloatToHalf(1e9F), 0x7c00);
  EXPECT_EQ(FloatToHalf(1.0F + 0x1p-11F), 0x3c00);
  EXPECT_EQ(FloatToHalf(1.0F + 0x1p-11F + 0x1p-20F), 0x3c01);
  EXPECT_EQ(FloatToHalf(1.0F + 3 * 0x1p-11F), 0x3c02);
  EXPECT_EQ(FloatToHalf(0x1p-25F), 0x0000);
  EXPECT_EQ(FloatToHalf(0x1.8p-25F), 0x0001);
  EXPECT_EQ(FloatToHalf(-0x1p-24F), 0x8001);
  EXPECT_EQ(FloatToHalf(0x1.ffcp-15F), 0x0400);  // carries from subnormal to normal
}

// The nearest half by search, ties to the even pattern. Slow, and unlike the code above.
std::uint16_t NearestHalf(float value) {
  std::uint16_t best = 0;
  double distance = std::numeric_limits<double>::infinity();
  for (std::uint16_t bits = 0; bits <= 0x7bff; ++bits) {
    const double d = std::abs(static_cast<double>(HalfToFloat(bits)) - std::abs(value));
    if (d < distance || (d == distance && bits % 2 == 0)) {
      best = bits;
      distance = d;
    }
  }
  return value < 0 ? static_cast<std::uint16_t>(best | 0x8000U) : best;
}

TEST(Half, AgreesWithASearchForTheNearestValue) {
  std::uint32_t state = 12345;
  for (int i = 0; i < 100; ++i) {
    state = state * 1664525U + 1013904223U;
    // Exponents around and below those of halves, any sign and fraction.
    const std::uint32_t exponent = 100 + state % 42;
    const float value =
        std::bit_cast<float>((state & 0x80000000U) | (exponent << 23) | (state & 0x7fffffU));
    if (std::abs(value) >= 65504.0F) continue;
    EXPECT_EQ(FloatToHalf(value), NearestHalf(value)) << value;
  }
}

TEST(Bfloat, KeepsTheUpperHalfOfAFloatRoundedToEven) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto bfloat = static_cast<std::uint16_t>(bits);
    const float value = BfloatToFloat(bfloat);
    if (std::isnan(value)) continue;
    ASSERT_EQ(FloatToBfloat(value), bfloat) << bits;
  }
  EXPECT_EQ(FloatToBfloat(1.0F), 0x3f80);
  EXPECT_EQ(FloatToBfloat(1.0F + 0x1p-8F), 0x3f80);
  EXPECT_EQ(FloatToBfloat(1.0F + 3 * 0x1p-8F), 0x3f82);
  EXPECT_EQ(FloatToBfloat(std::numeric_limits<float>::max()), 0x7f80);
  EXPECT_TRUE(std::isnan(BfloatToFloat(FloatToBfloat(std::nanf("")))));
}

}  // namespace
}  // namespace moorage::model

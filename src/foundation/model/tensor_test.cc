#include "foundation/model/tensor.h"

#include <gtest/gtest.h>

#include <cstring>

namespace moorage::model {
namespace {

template <typename T>
Tensor Make(DataType type, std::vector<T> values) {
  Tensor tensor{.type = type,
                .shape = {static_cast<std::int64_t>(values.size())},
                .bytes = {},
                .strings = {}};
  tensor.bytes.resize(values.size() * sizeof(T));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

TEST(Shape, IsWrittenAsAList) {
  EXPECT_EQ(FormatShape(Shape{-1, 30}), "[-1,30]");
  EXPECT_EQ(FormatShape(Shape{}), "[]");
}

TEST(Shape, CountsElementsAndRefusesNegativeAndOverflowingSizes) {
  EXPECT_EQ(*ElementCount(Shape{}), 1U);
  EXPECT_EQ(*ElementCount(Shape{2, 3, 4}), 24U);
  EXPECT_EQ(*ElementCount(Shape{0, 1LL << 60, 1LL << 60}), 0U);
  EXPECT_EQ(*ElementCount(Shape{1LL << 40}), 1ULL << 40);
  EXPECT_FALSE(ElementCount(Shape{(1LL << 40) + 1}).ok());
  EXPECT_FALSE(ElementCount(Shape{1LL << 32, 1LL << 32}).ok());
  EXPECT_FALSE(ElementCount(Shape{3, -1}).ok());
  EXPECT_FALSE(ElementCount(Shape{0, -1}).ok());
}

TEST(Tensor, GivesEveryNumericTypeAsADouble) {
  EXPECT_EQ(NumberAt(Make<std::uint8_t>(DataType::kBool, {0, 1}).view(), 1), 1.0);
  EXPECT_EQ(NumberAt(Make<std::uint8_t>(DataType::kUint8, {1, 255}).view(), 1), 255.0);
  EXPECT_EQ(NumberAt(Make<std::uint16_t>(DataType::kUint16, {1, 65535}).view(), 1), 65535.0);
  EXPECT_EQ(NumberAt(Make<std::uint32_t>(DataType::kUint32, {1, 4294967295U}).view(), 1),
            4294967295.0);
  EXPECT_EQ(NumberAt(Make<std::uint64_t>(DataType::kUint64, {1, 1ULL << 63}).view(), 1), 0x1p63);
  EXPECT_EQ(NumberAt(Make<std::int8_t>(DataType::kInt8, {1, -128}).view(), 1), -128.0);
  EXPECT_EQ(NumberAt(Make<std::int16_t>(DataType::kInt16, {1, -300}).view(), 1), -300.0);
  EXPECT_EQ(NumberAt(Make<std::int32_t>(DataType::kInt32, {1, -70000}).view(), 1), -70000.0);
  EXPECT_EQ(NumberAt(Make<std::int64_t>(DataType::kInt64, {1, -5000000000}).view(), 1),
            -5000000000.0);
  EXPECT_EQ(NumberAt(Make<std::uint16_t>(DataType::kFp16, {0, 0x3e00}).view(), 1), 1.5);
  EXPECT_EQ(NumberAt(Make<std::uint16_t>(DataType::kBf16, {0, 0x3fc0}).view(), 1), 1.5);
  EXPECT_EQ(NumberAt(Make<float>(DataType::kFp32, {0, 0.25F}).view(), 1), 0.25);
  EXPECT_EQ(NumberAt(Make<double>(DataType::kFp64, {0, 0.1}).view(), 1), 0.1);
}

TEST(Tensor, CountsItsElementsByTypeAndStringsOneByOne) {
  EXPECT_EQ(Make<float>(DataType::kFp32, {1, 2, 3}).view().elements(), 3U);
  const Tensor strings{.type = DataType::kBytes, .shape = {2}, .bytes = {}, .strings = {"a", ""}};
  EXPECT_EQ(strings.view().elements(), 2U);
}

}  // namespace
}  // namespace moorage::model

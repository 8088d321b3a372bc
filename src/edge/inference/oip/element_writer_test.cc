#include "edge/inference/oip/element_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace moorage::inference {
namespace {

using model::DataType;

model::Tensor Empty(DataType type, model::Shape shape) {
  return {.type = type, .shape = std::move(shape), .bytes = {}, .strings = {}};
}

TEST(ElementWriter, JudgesNumbersAsTheFeaturesOfARowAreJudged) {
  model::Tensor tensor = Empty(DataType::kInt16, {2});
  tensor.bytes.resize(4);
  const ElementWriter writer(DataType::kInt16);
  json::JsonCursor good("-7");
  EXPECT_EQ(writer.Store(good, tensor, 1), nullptr);
  std::int16_t value = 0;
  std::memcpy(&value, tensor.bytes.data() + 2, sizeof(value));
  EXPECT_EQ(value, -7);
  for (const char* text : {"32768", "1.5", "\"1\"", "true", "null", "[1]", "{}", "1e400"}) {
    json::JsonCursor json(text);
    EXPECT_NE(writer.Store(json, tensor, 0), nullptr) << text;
    EXPECT_TRUE(json.AtEnd()) << "what is refused is read all the same: " << text;
  }
}

TEST(ReadTensorData, LeavesTheCursorBehindTheData) {
  model::Tensor tensor = Empty(DataType::kFp32, {2});
  json::JsonCursor json("[[1, 2], 3]");
  ASSERT_TRUE(json.BeginArray());
  ASSERT_TRUE(json.NextElement());
  base::MemoryCharge charge;
  ASSERT_TRUE(ReadTensorData(json, "data", tensor, charge).ok());
  ASSERT_TRUE(json.NextElement());
  EXPECT_EQ(json.ReadNumber().integer, 3);
}

TEST(ReadTensorData, NamesPathsBelowTheOneItIsGiven) {
  model::Tensor tensor = Empty(DataType::kInt64, {2, 2});
  json::JsonCursor json(R"([[1, 2], [3, "x"]])");
  base::MemoryCharge charge;
  const auto status = ReadTensorData(json, "inputs[3].data", tensor, charge);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().details[0].path, "inputs[3].data[1][1]");
}

// `count` times the value, as one flat array.
std::string Flat(std::string_view value, std::size_t count) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) text.append(value).append(",");
  text.back() = ']';
  return text;
}

TEST(ReadTensorData, TakesMemoryForElementsAndNotForTheShapeOrPadding) {
  constexpr std::int64_t kPromised = 1 << 20;
  for (const DataType type : {DataType::kBytes, DataType::kInt64, DataType::kFp32}) {
    model::Tensor tensor = Empty(type, {kPromised});
    const std::string text = "[" + std::string(std::size_t{2} * kPromised + 8, ' ') + "]";
    json::JsonCursor json(text);
    base::MemoryCharge charge;
    const auto status = ReadTensorData(json, "data", tensor, charge);
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.error().message.find("got 0"), std::string::npos) << status.error().message;
    EXPECT_LE(tensor.strings.capacity(), 4096U);
    EXPECT_LE(tensor.bytes.capacity(), 4096U * 8);
  }
}

TEST(ReadTensorData, GrowsWithTheElementsByEachWay) {
  constexpr std::size_t kElements = 100000;
  for (const char* value : {"1", "1.25", "1e2"}) {
    model::Tensor tensor = Empty(DataType::kFp32, {1000, 100});
    const std::string text = Flat(value, kElements);
    json::JsonCursor json(text);
    base::MemoryCharge charge;
    ASSERT_TRUE(ReadTensorData(json, "data", tensor, charge).ok()) << value;
    ASSERT_EQ(tensor.bytes.size(), kElements * sizeof(float));
    EXPECT_EQ(model::NumberAt(tensor.view(), kElements - 1), std::stod(value));
  }
  model::Tensor strings = Empty(DataType::kBytes, {static_cast<std::int64_t>(kElements)});
  const std::string text = Flat("\"ab\"", kElements);
  json::JsonCursor json(text);
  base::MemoryCharge charge;
  ASSERT_TRUE(ReadTensorData(json, "data", strings, charge).ok());
  EXPECT_EQ(strings.strings.size(), kElements);
  EXPECT_EQ(strings.strings.back(), "ab");
}

TEST(ReadTensorData, ChargesLargeTensorsAndIsRefusedWithoutBudget) {
  constexpr std::size_t kElements = 100000;
  const std::string text = Flat("1", kElements);
  for (const std::size_t limit : {std::size_t{1} << 20, std::size_t{200000}}) {
    base::MemoryBudget budget(limit);
    model::Tensor tensor = Empty(DataType::kFp32, {static_cast<std::int64_t>(kElements)});
    json::JsonCursor json(text);
    base::MemoryCharge charge(budget, base::MemoryPurpose::kRows);
    const auto status = ReadTensorData(json, "data", tensor, charge);
    EXPECT_EQ(status.ok(), limit > kElements * sizeof(float));
    if (status.ok()) {
      EXPECT_EQ(budget.used(), kElements * sizeof(float));
    } else {
      EXPECT_EQ(status.error().code, base::Code::kExhausted);
    }
  }
  base::MemoryBudget budget(1000);
  model::Tensor small = Empty(DataType::kFp32, {100});
  const std::string hundred = Flat("1", 100);
  json::JsonCursor json(hundred);
  base::MemoryCharge charge(budget, base::MemoryPurpose::kRows);
  EXPECT_TRUE(ReadTensorData(json, "data", small, charge).ok());
  EXPECT_EQ(budget.used(), 0U) << "a small tensor touches nothing shared";
}

TEST(ReadTensorData, ChargesTheTextOfStrings) {
  base::MemoryBudget budget(std::size_t{1} << 20);
  const std::string text = "[\"" + std::string(900000, 'x') + "\"]";
  for (const bool first : {true, false}) {
    model::Tensor tensor = Empty(DataType::kBytes, {1});
    json::JsonCursor json(text);
    base::MemoryCharge charge(budget, base::MemoryPurpose::kRows);
    EXPECT_TRUE(ReadTensorData(json, "data", tensor, charge).ok());
    EXPECT_GE(budget.used(), 900000U);
    model::Tensor second = Empty(DataType::kBytes, {1});
    json::JsonCursor again(text);
    const auto status = ReadTensorData(again, "data", second, charge);
    ASSERT_FALSE(status.ok()) << first;
    EXPECT_EQ(status.error().code, base::Code::kExhausted);
  }
  EXPECT_EQ(budget.used(), 0U);
}

TEST(ReadTensorData, StopsAtTheSixteenthProblem) {
  model::Tensor tensor = Empty(DataType::kInt64, {40});
  const std::string text = Flat("\"x\"", 20) + " this is not read";
  json::JsonCursor json(text);
  base::MemoryCharge charge;
  const auto status = ReadTensorData(json, "data", tensor, charge);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().details.size(), 16U);
  EXPECT_EQ(status.error().details.back().path, "data[15]");
}

}  // namespace
}  // namespace moorage::inference

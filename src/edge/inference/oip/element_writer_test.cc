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
  ASSERT_TRUE(ReadTensorData(json, "data", tensor).ok());
  ASSERT_TRUE(json.NextElement());
  EXPECT_EQ(json.ReadNumber().integer, 3);
}

TEST(ReadTensorData, NamesPathsBelowTheOneItIsGiven) {
  model::Tensor tensor = Empty(DataType::kInt64, {2, 2});
  json::JsonCursor json(R"([[1, 2], [3, "x"]])");
  const auto status = ReadTensorData(json, "inputs[3].data", tensor);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().details[0].path, "inputs[3].data[1][1]");
}

}  // namespace
}  // namespace moorage::inference

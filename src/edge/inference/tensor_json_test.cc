#include "edge/inference/tensor_json.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "edge/inference/testing/fake_tensor_model.h"

namespace moorage::inference {
namespace {

using model::DataType;

template <typename T>
model::Tensor Values(DataType type, model::Shape shape, const std::vector<T>& values) {
  model::Tensor tensor{.type = type, .shape = std::move(shape), .bytes = {}, .strings = {}};
  tensor.bytes.resize(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

std::string Written(const model::Tensor& tensor, NonFinite policy = NonFinite::kRefuse) {
  json::JsonOutput json;
  const auto status = WriteElement(tensor.view(), 0, policy, json);
  return status.ok() ? std::string(json.view()) : std::string(status.error().reason);
}

// The named outputs of a model with outputs "a" and "b". Whole if there are no rows.
std::string Named(const std::vector<model::Tensor>& tensors, std::size_t first_row,
                  std::size_t rows) {
  model::Manifest manifest;
  manifest.signature.outputs = {{.name = "a", .shape = {-1}}, {.name = "b", .shape = {-1}}};
  const auto model = servable::MakeFakeServable(
      std::make_unique<FakeTensorSession>(manifest.signature, TensorFunction()), manifest);
  std::vector<model::TensorView> views;
  for (const model::Tensor& tensor : tensors) views.push_back(tensor.view());
  lane::InferAnswer answer;
  answer.servable = model.get();
  answer.outputs = views;
  answer.first_row = first_row;
  answer.rows = rows;
  answer.whole = rows == 0;
  json::JsonOutput json;
  json.BeginObject();
  const auto status = WriteNamedOutputs(answer, json);
  if (!status.ok()) return std::string(status.error().reason);
  json.EndObject();
  return std::string(json.view());
}

TEST(WriteElement, WritesNumbersInTheirShortestExactForm) {
  EXPECT_EQ(Written(Values<float>(DataType::kFp32, {1}, {0.1F})), "0.1");
  EXPECT_EQ(Written(Values<double>(DataType::kFp64, {1}, {0.1})), "0.1");
  EXPECT_EQ(Written(Values<double>(DataType::kFp64, {1}, {0.1F})), "0.10000000149011612");
  EXPECT_EQ(Written(Values<std::uint16_t>(DataType::kFp16, {1}, {0x3C00})), "1");
  EXPECT_EQ(Written(Values<std::uint16_t>(DataType::kBf16, {1}, {0xC020})), "-2.5");
  EXPECT_EQ(Written(Values<std::uint64_t>(DataType::kUint64, {1}, {UINT64_MAX})),
            "18446744073709551615");
  EXPECT_EQ(Written(Values<std::int64_t>(DataType::kInt64, {1}, {INT64_MIN})),
            "-9223372036854775808");
  EXPECT_EQ(Written(Values<std::uint8_t>(DataType::kBool, {1}, {1})), "true");
}

TEST(WriteElement, RefusesOrSpellsNumbersThatAreNotFinite) {
  const auto nan = Values<float>(DataType::kFp32, {1}, {std::numeric_limits<float>::quiet_NaN()});
  const auto low = Values<double>(DataType::kFp64, {1}, {-std::numeric_limits<double>::infinity()});
  EXPECT_EQ(Written(nan), "model_output_invalid");
  EXPECT_EQ(Written(low), "model_output_invalid");
  EXPECT_EQ(Written(nan, NonFinite::kToken), "NaN");
  EXPECT_EQ(Written(low, NonFinite::kToken), "-Infinity");
}

TEST(WriteNamedOutputs, WritesOneObjectForEachRowOfTheRequest) {
  const std::vector<model::Tensor> tensors = {
      Values<std::int64_t>(DataType::kInt64, {3, 1}, {7, 8, 9}),
      Values<float>(DataType::kFp32, {3, 2, 1}, {1, 2, 3, 4, 5, 6})};
  EXPECT_EQ(Named(tensors, 1, 2), R"({"outputs":[{"a":8,"b":[[3],[4]]},{"a":9,"b":[[5],[6]]}]})");
}

TEST(WriteNamedOutputs, WritesOutputsWholeThatDoNotFollowTheRows) {
  const std::vector<model::Tensor> tensors = {Values<std::int64_t>(DataType::kInt64, {}, {7}),
                                              Values<float>(DataType::kFp32, {2, 2}, {1, 2, 3, 4})};
  EXPECT_EQ(Named(tensors, 0, 0), R"({"outputs":[{"a":7,"b":[[1,2],[3,4]]}]})");
}

TEST(WriteNamedOutputs, RefusesNumbersThatJsonDoesNotHave) {
  const std::vector<model::Tensor> tensors = {
      Values<float>(DataType::kFp32, {1}, {std::numeric_limits<float>::infinity()}),
      Values<float>(DataType::kFp32, {1}, {1})};
  EXPECT_EQ(Named(tensors, 0, 1), "model_output_invalid");
}

}  // namespace
}  // namespace moorage::inference

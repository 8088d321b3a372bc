#include "platform/runtime/onnx/ort_values.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "platform/runtime/onnx/onnx_backend.h"

namespace moorage::runtime {
namespace {

using base::Code;
using model::DataType;
using model::Shape;

class OrtValuesTest : public testing::Test {
 protected:
  // A tensor of the library's own with these elements.
  template <typename T>
  static Ort::Value Owned(const std::vector<T>& values) {
    const Ort::AllocatorWithDefaultOptions allocator;
    const std::array shape = {static_cast<std::int64_t>(values.size())};
    Ort::Value tensor = Ort::Value::CreateTensor<T>(allocator, shape.data(), shape.size());
    std::ranges::copy(values, tensor.GetTensorMutableData<T>());
    return tensor;
  }
  static Ort::Value Strings(const std::vector<std::string>& texts) {
    const std::array shape = {static_cast<std::int64_t>(texts.size())};
    const model::TensorView view{
        .type = DataType::kBytes, .shape = shape, .bytes = {}, .strings = texts};
    return MakeOrtValue(view, Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault));
  }
  struct Row {
    std::vector<std::int64_t> keys;
    std::vector<float> values;
  };
  static Ort::Value Maps(const std::vector<Row>& rows) {
    std::vector<Ort::Value> maps;
    for (const Row& row : rows) {
      maps.push_back(Ort::Value::CreateMap(Owned(row.keys), Owned(row.values)));
    }
    return Ort::Value::CreateSequence(maps);
  }

  OnnxBackend backend_;  // binds the library's functions
};

TEST_F(OrtValuesTest, NumbersStayWhereTheyAre) {
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6};
  const Shape shape = {2, 3};
  const model::TensorView view{.type = DataType::kFp32,
                               .shape = shape,
                               .bytes = std::as_bytes(std::span(numbers)),
                               .strings = {}};
  const Ort::Value value =
      MakeOrtValue(view, Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault));
  EXPECT_EQ(value.GetTensorData<float>(), numbers.data());
  EXPECT_EQ(value.GetTensorTypeAndShapeInfo().GetShape(), shape);
}

TEST_F(OrtValuesTest, TextsComeBackWhateverTheyHold) {
  const std::vector<std::string> texts = {"", "plain", std::string("nul\0inside", 10), "größe", ""};
  EXPECT_EQ(ReadStrings(Strings(texts).GetConst()), texts);
  EXPECT_TRUE(ReadStrings(Strings({}).GetConst()).empty());
  EXPECT_EQ(ReadStrings(Strings({"", ""}).GetConst()), (std::vector<std::string>{"", ""}));
}

TEST_F(OrtValuesTest, MapsBecomeRowsWithTheirColumnsInTheOrderOfTheKeys) {
  const Ort::Value maps = Maps({{{7, 1, 3}, {0.7F, 0.1F, 0.3F}}, {{1, 3, 7}, {1, 3, 7}}});
  const auto dense = ReadMaps(maps.GetConst(), DataType::kInt64);
  ASSERT_TRUE(dense.ok()) << dense.error().message;
  EXPECT_EQ(dense->shape, (Shape{2, 3}));
  EXPECT_EQ(dense->values, (std::vector<float>{0.1F, 0.3F, 0.7F, 1, 3, 7}));
}

TEST_F(OrtValuesTest, MapsOfDifferentKeysAreAFaultOfTheModel) {
  const Ort::Value maps = Maps({{{1, 2}, {0, 1}}, {{1, 3}, {0, 1}}});
  const auto dense = ReadMaps(maps.GetConst(), DataType::kInt64);
  ASSERT_FALSE(dense.ok());
  EXPECT_EQ(dense.error().code, Code::kInternal);
  EXPECT_EQ(dense.error().message, "the model answered maps whose keys differ from row to row");
}

}  // namespace
}  // namespace moorage::runtime

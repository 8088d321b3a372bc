#include "platform/runtime/onnx/ort_signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/runtime/testing/repository_files.h"

namespace moorage::runtime {
namespace {

using base::Code;
using model::DataType;
using model::Shape;

constexpr std::array kTypes = {
    DataType::kBool, DataType::kUint8, DataType::kUint16, DataType::kUint32, DataType::kUint64,
    DataType::kInt8, DataType::kInt16, DataType::kInt32,  DataType::kInt64,  DataType::kFp16,
    DataType::kBf16, DataType::kFp32,  DataType::kFp64,   DataType::kBytes};

TEST(OrtTypes, ComeBackAsTheyWent) {
  for (const DataType type : kTypes) EXPECT_EQ(FromOrt(ToOrt(type)), type) << model::Name(type);
}

TEST(OrtTypes, ThatNoProtocolCarriesAreNothing) {
  for (const auto type :
       {ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED, ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX64,
        ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX128, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FN}) {
    EXPECT_EQ(FromOrt(type), std::nullopt) << static_cast<int>(type);
  }
}

class OrtSignatureTest : public testing::Test {
 protected:
  // As the library reads a file, no map lowered.
  base::Result<OrtSignature> Read(const std::string& path) {
    const std::string bytes = ReadRepositoryFile(path);
    const auto outline = ReadOnnxOutline(bytes);
    EXPECT_TRUE(outline.ok()) << path;
    const Ort::Env env(ORT_LOGGING_LEVEL_FATAL);
    const Ort::Session session(env, bytes.data(), bytes.size(), Ort::SessionOptions());
    return ReadOrtSignature(session, *outline, {});
  }

  OnnxBackend backend_;  // binds the library's functions
};

TEST_F(OrtSignatureTest, KeepsNamesTypesAndShapesInTheOrderOfTheGraph) {
  const auto read = Read("tests/testdata/models/two_inputs_two_outputs.onnx");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const auto& [signature, lowered, equal] = *read;
  ASSERT_EQ(signature.inputs.size(), 2U);
  ASSERT_EQ(signature.outputs.size(), 2U);
  EXPECT_EQ(lowered, (std::vector<bool>{false, false}));
  for (const auto& spec : signature.inputs) EXPECT_FALSE(spec.optional) << spec.name;
}

TEST_F(OrtSignatureTest, DescribesMapsByTheirKeysAndByTheClassifiersLabels) {
  const auto digits = Read("examples/digits/model.onnx");
  ASSERT_TRUE(digits.ok()) << digits.error().message;
  const model::TensorSpec& map = digits->signature.outputs.at(1);
  EXPECT_EQ(map.kind, model::ValueKind::kMapSequence);
  EXPECT_EQ(map.key_type, DataType::kInt64);
  EXPECT_EQ(map.shape, (Shape{-1, 10}));
  EXPECT_EQ(digits->lowered, (std::vector<bool>{false, false}));
  EXPECT_EQ(Read("examples/wine/model.onnx")->signature.outputs.at(1).key_type, DataType::kBytes);
}

TEST_F(OrtSignatureTest, TellsAScalarFromAShapeThatIsNotDeclared) {
  const auto scalar = Read("tests/testdata/models/scalar_output.onnx");
  ASSERT_TRUE(scalar.ok());
  EXPECT_TRUE(scalar->signature.outputs.at(0).has_shape);
  EXPECT_TRUE(scalar->signature.outputs.at(0).shape.empty());
}

TEST_F(OrtSignatureTest, RefusesWhatCannotBeServedByName) {
  const auto sequence = Read("tests/testdata/models/sequence_output.onnx");
  ASSERT_FALSE(sequence.ok());
  EXPECT_EQ(sequence.error().code, Code::kUnsupported);
  EXPECT_NE(sequence.error().message.find("is a sequence of tensors: only tensors and ZipMap"),
            std::string::npos)
      << sequence.error().message;
  const auto nothing = Read("tests/testdata/models/no_inputs.onnx");
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().code, Code::kInvalid);
}

}  // namespace
}  // namespace moorage::runtime

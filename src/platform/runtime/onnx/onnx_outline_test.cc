#include "platform/runtime/onnx/onnx_outline.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "platform/runtime/testing/repository_files.h"

namespace moorage::runtime {
namespace {

using base::Code;
using std::string_literals::operator""s;

OnnxOutline OutlineOf(const std::string& path) {
  auto outline = ReadOnnxOutline(ReadRepositoryFile(path));
  EXPECT_TRUE(outline.ok()) << outline.error().message;
  return outline.ok() ? *std::move(outline) : OnnxOutline{};
}

TEST(OnnxOutline, TellsProducerAndOpsets) {
  const OnnxOutline outline = OutlineOf("examples/cancer/model.onnx");
  EXPECT_TRUE(outline.graph.producer.starts_with("skl2onnx 1.")) << outline.graph.producer;
  EXPECT_GT(outline.graph.opsets.at("ai.onnx"), 0);
  EXPECT_TRUE(outline.graph.opsets.contains("ai.onnx.ml"));
  EXPECT_GE(outline.ir_version, 3);
  EXPECT_TRUE(outline.external_files.empty());
}

TEST(OnnxOutline, KeepsWhatTheNodesShowOfTheOutputs) {
  const auto outputs = OutlineOf("examples/wine/model.onnx").graph.outputs;
  ASSERT_TRUE(outputs.contains("output_label"));
  EXPECT_EQ(std::get<std::vector<std::string>>(outputs.at("output_label").labels.value()),
            (std::vector<std::string>{"barbera", "barolo", "grignolino"}));
}

TEST(OnnxOutline, ListsTheOperatorsAtEveryDepth) {
  EXPECT_EQ(OutlineOf("tests/testdata/rows/classifier.onnx").graph.operators,
            (std::set<std::string>{"ArgMax", "Gemm", "Softmax"}));
  const auto loop = OutlineOf("tests/testdata/models/slow_loop.onnx").graph.operators;
  EXPECT_TRUE(loop.contains("Loop"));
  EXPECT_GE(loop.size(), 2U) << "those of the body too";
}

TEST(OnnxOutline, NamesEveryExternalFile) {
  EXPECT_EQ(OutlineOf("tests/testdata/models/external_data.onnx").external_files,
            std::set<std::string>{"external_data.onnx.data"});
  EXPECT_EQ(OutlineOf("tests/testdata/models/external_data_missing.onnx").external_files,
            std::set<std::string>{"absent.data"});
}

TEST(OnnxOutline, TellsAScalarFromAnOutputWithoutAShape) {
  EXPECT_EQ(OutlineOf("tests/testdata/models/optional_shape.onnx").without_shape,
            std::set<std::string>{"score"});
  EXPECT_TRUE(OutlineOf("tests/testdata/models/scalar_output.onnx").without_shape.empty());
}

TEST(OnnxOutline, SaysThatTheRestOfACutFileIsMissing) {
  const auto outline = ReadOnnxOutline(ReadRepositoryFile("tests/testdata/models/truncated.onnx"));
  ASSERT_FALSE(outline.ok());
  EXPECT_EQ(outline.error().code, Code::kInvalid);
  EXPECT_NE(outline.error().message.find("cut off"), std::string::npos);
}

TEST(OnnxOutline, RefusesAGraphThatIsNestedTooDeeply) {
  const auto outline =
      ReadOnnxOutline(ReadRepositoryFile("tests/testdata/models/deep_nesting.onnx"));
  ASSERT_FALSE(outline.ok());
  EXPECT_NE(outline.error().message.find("nested too deeply"), std::string::npos);
}

TEST(OnnxOutline, RefusesAMessageWithoutAGraph) {
  const auto outline = ReadOnnxOutline(
      "\x08\x08\x12\x03"
      "abc"s);
  ASSERT_FALSE(outline.ok());
  EXPECT_NE(outline.error().message.find("no graph"), std::string::npos);
}

TEST(OnnxOutline, SurvivesEveryPrefixAndEveryChangedByteOfAModel) {
  const std::string bytes = ReadRepositoryFile("examples/cancer/model.onnx");
  ASSERT_FALSE(bytes.empty());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    (void)ReadOnnxOutline(std::string_view(bytes).substr(0, size)).ok();
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char change : {'\x01', '\x7F', '\x80', '\xFF'}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      (void)ReadOnnxOutline(changed).ok();
    }
  }
}

}  // namespace
}  // namespace moorage::runtime

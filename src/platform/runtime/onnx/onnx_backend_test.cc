#include "platform/runtime/onnx/onnx_backend.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "platform/runtime/testing/repository_files.h"

namespace moorage::runtime {
namespace {

using base::Code;
using model::DataType;
using model::Shape;

const std::string kModels = "tests/testdata/models/";

class OnnxBackendTest : public testing::Test {
 protected:
  std::unique_ptr<Session> Open(const std::string& path) {
    auto session = backend_.Open(ArtifactOfFile(path));
    EXPECT_TRUE(session.ok()) << path << ": " << session.error().message;
    return session.ok() ? *std::move(session) : nullptr;
  }

  OnnxBackend backend_;
};

TEST_F(OnnxBackendTest, NamesItselfAndItsVersion) {
  EXPECT_TRUE(backend_.version().starts_with("onnxruntime 1.")) << backend_.version();
}

TEST_F(OnnxBackendTest, TurnsTheLibrarysTelemetryOff) {
  EXPECT_STREQ(std::getenv("ORT_DISABLE_TELEMETRY"), "1");  // NOLINT(concurrency-mt-unsafe)
}

TEST_F(OnnxBackendTest, ReadsTheSignatureOfAPipeline) {
  const auto session = Open("examples/cancer/model.onnx");
  ASSERT_NE(session, nullptr);
  const model::Signature& signature = session->signature();
  ASSERT_EQ(signature.inputs.size(), 1U);
  EXPECT_EQ(signature.inputs[0].type, DataType::kFp32);
  EXPECT_EQ(signature.inputs[0].shape, (Shape{-1, 30}));
  EXPECT_TRUE(signature.batchable());
  EXPECT_TRUE(session->graph().producer.starts_with("skl2onnx")) << session->graph().producer;
}

TEST_F(OnnxBackendTest, DescribesAZipMapAsADenseTensor) {
  const auto digits = Open("examples/digits/model.onnx");
  ASSERT_NE(digits, nullptr);
  const auto& integers = digits->signature().outputs.at(1);
  EXPECT_EQ(integers.kind, model::ValueKind::kMapSequence);
  EXPECT_EQ(integers.key_type, DataType::kInt64);
  EXPECT_EQ(integers.type, DataType::kFp32);
  EXPECT_EQ(integers.shape, (Shape{-1, 10}));
  const auto wine = Open("examples/wine/model.onnx");
  ASSERT_NE(wine, nullptr);
  EXPECT_EQ(wine->signature().outputs.at(0).type, DataType::kBytes);
  EXPECT_EQ(wine->signature().outputs.at(1).key_type, DataType::kBytes);
  EXPECT_EQ(wine->signature().outputs.at(1).shape, (Shape{-1, 3}));
}

TEST_F(OnnxBackendTest, KnowsFixedUnknownAndScalarShapes) {
  EXPECT_EQ(Open(kModels + "fixed_batch_4.onnx")->signature().inputs.at(0).shape, (Shape{4, 4}));
  EXPECT_FALSE(Open(kModels + "fixed_batch_4.onnx")->signature().batchable());
  const auto scalar = Open(kModels + "scalar_output.onnx");
  EXPECT_TRUE(scalar->signature().outputs.at(0).has_shape);
  EXPECT_TRUE(scalar->signature().outputs.at(0).shape.empty());
}

TEST_F(OnnxBackendTest, TakesExternalDataFromTheArtifactAndNotFromTheDisk) {
  model::Artifact artifact = ArtifactOfFile(kModels + "external_data.onnx");
  artifact.external.push_back(
      {"external_data.onnx.data", std::make_shared<const std::string>(
                                      ReadRepositoryFile(kModels + "external_data.onnx.data"))});
  const auto session = backend_.Open(artifact);
  ASSERT_TRUE(session.ok()) << session.error().message;
  EXPECT_EQ((*session)->signature().inputs.size(), 1U);
}

TEST_F(OnnxBackendTest, RefusesExternalDataThatIsShorterThanTheGraphSays) {
  model::Artifact artifact = ArtifactOfFile(kModels + "external_data.onnx");
  artifact.external.push_back(
      {"external_data.onnx.data", std::make_shared<const std::string>("abcd")});
  const auto session = backend_.Open(artifact);
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().code, Code::kInvalid) << session.error().message;
}

struct Refusal {
  std::string file;
  Code code;
  std::string expected;  // a part of the message
};

class HostileFile : public testing::TestWithParam<Refusal> {};

TEST_P(HostileFile, IsRefusedWithASentenceThatSaysWhatItIs) {
  OnnxBackend backend;
  const auto session = backend.Open(ArtifactOfFile(kModels + GetParam().file));
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().code, GetParam().code) << session.error().message;
  EXPECT_NE(session.error().message.find(GetParam().expected), std::string::npos)
      << session.error().message;
  EXPECT_EQ(session.error().message.find("onnxruntime_src"), std::string::npos);
  EXPECT_EQ(session.error().message.find(".cc:"), std::string::npos) << session.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    EveryFile, HostileFile,
    testing::Values(
        Refusal{"empty.onnx", Code::kInvalid, "empty (0 bytes)"},
        Refusal{"truncated.onnx", Code::kInvalid, "not a complete ONNX model"},
        Refusal{"pickle.onnx", Code::kInvalid, "a Python pickle (protocol 4)"},
        Refusal{"pickle_protocol0.onnx", Code::kInvalid, "a Python pickle (protocol 0 or 1)"},
        Refusal{"text.onnx", Code::kInvalid, "plain text"},
        Refusal{"zip.onnx", Code::kInvalid, "a zip archive"},
        Refusal{"no_inputs.onnx", Code::kInvalid, "no inputs"},
        Refusal{"unsupported_op.onnx", Code::kUnsupported, "FrobnicateTensor"},
        Refusal{"custom_domain.onnx", Code::kUnsupported, "domain com.example"},
        Refusal{"future_opset.onnx", Code::kUnsupported, "opset 999"},
        Refusal{"cycle.onnx", Code::kInvalid, "cycle"},
        Refusal{"deep_nesting.onnx", Code::kInvalid, "nested too deeply"},
        Refusal{"external_data.onnx", Code::kInvalid, "'external_data.onnx.data'"},
        Refusal{"external_data_missing.onnx", Code::kInvalid, "'absent.data'"},
        Refusal{"external_data_escape.onnx", Code::kInvalid, "must lie beside the model"},
        Refusal{"sequence_output.onnx", Code::kUnsupported, "a sequence of tensors"},
        Refusal{"absent-file.onnx", Code::kInvalid, "empty"}),
    [](const auto& each) {
      std::string name = each.param.file.substr(0, each.param.file.find('.'));
      std::erase_if(name, [](char c) { return c == '_' || c == '-'; });
      return name;
    });

TEST_F(OnnxBackendTest, SurvivesEveryChangedByteOfASmallModel) {
  const std::string bytes = ReadRepositoryFile(kModels + "identity_fp32.onnx");
  ASSERT_FALSE(bytes.empty());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    const auto session = backend_.Open(ArtifactOf(changed));
    EXPECT_TRUE(session.ok() || !session.error().message.empty());
  }
}

TEST(OnnxBackendLog, HearsTheLibraryInsteadOfStderr) {
  std::atomic<int> lines{0};
  testing::internal::CaptureStderr();
  OnnxBackend backend({.log = [&lines](std::string_view) { ++lines; }});
  EXPECT_FALSE(backend.Open(ArtifactOfFile(kModels + "future_opset.onnx")).ok());
  EXPECT_TRUE(backend.Open(ArtifactOfFile("examples/cancer/model.onnx")).ok());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace moorage::runtime

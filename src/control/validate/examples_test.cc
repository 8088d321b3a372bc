// The examples that ship with the program, through the real runtime: what is measured here is what
// their trainer measured with scikit-learn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "domain/contract/infer_manifest.h"
#include "domain/contract/metadata.h"
#include "domain/evaluation/evaluate.h"
#include "domain/evaluation/gate_runner.h"
#include "domain/evaluation/gates/standard_gates.h"
#include "domain/evaluation/golden_replay.h"
#include "foundation/base/testing/fake_clock.h"
#include "platform/runtime/onnx/onnx_backend.h"

namespace moorage::control {
namespace {

using namespace evaluation;  // NOLINT(google-build-using-namespace): nearly every name is from
                             // there

const std::string kExamples = MOORAGE_SOURCE_DIR "/examples/";
const std::string kTestModels = MOORAGE_SOURCE_DIR "/tests/testdata/models/";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Loaded {
  std::unique_ptr<runtime::Session> session;
  model::Manifest manifest;
  contract::Metadata metadata;
};

Loaded Load(runtime::OnnxBackend& backend, const std::string& path) {
  Loaded loaded;
  model::Artifact artifact;
  artifact.model = std::make_shared<const std::string>(ReadFile(path));
  auto session = backend.Open(artifact);
  EXPECT_TRUE(session.ok()) << session.error().message;
  loaded.session = *std::move(session);
  const auto json = json::ParseJson(ReadFile(path + ".metadata"));
  EXPECT_TRUE(json.ok()) << json.error().message;
  const auto metadata = contract::MetadataFromJson(*json);
  EXPECT_TRUE(metadata.ok()) << metadata.error().message;
  loaded.metadata = *metadata;
  const auto inferred = contract::InferManifest(loaded.session->signature(), *metadata,
                                                {.metadata = loaded.session->graph().metadata,
                                                 .producer = loaded.session->graph().producer,
                                                 .outputs = loaded.session->graph().outputs});
  EXPECT_TRUE(inferred.ok()) << inferred.error().message;
  loaded.manifest = inferred->manifest;
  return loaded;
}

struct Example {
  std::string folder;
  std::string file;
  std::size_t rows;
};

class Examples : public testing::TestWithParam<Example> {
 protected:
  std::string path() const { return kExamples + GetParam().folder + "/" + GetParam().file; }
  std::string csv() const { return ReadFile(kExamples + GetParam().folder + "/test.csv"); }

  runtime::OnnxBackend backend_;
  base::FakeClock clock_;
};

TEST_P(Examples, MeasureAsTheirTrainerDid) {
  const Loaded loaded = Load(backend_, path());
  const auto dataset =
      Dataset::FromCsv(csv(), loaded.manifest, {.target = "target", .ignored = {}});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  const auto result = Evaluate(*loaded.session, loaded.manifest, *dataset, clock_);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->rows, GetParam().rows);
  EXPECT_EQ(result->invalid_rows, 0u);
  ASSERT_FALSE(loaded.metadata.metrics.empty());
  for (const auto& [name, value] : loaded.metadata.metrics) {
    const auto measured = result->metrics.Find(name);
    ASSERT_TRUE(measured.has_value()) << name;
    EXPECT_NEAR(*measured, value, 1e-6 * std::max(1.0, std::abs(value))) << name;
  }
}

TEST_P(Examples, MeasureTheSameInEveryBatchSize) {
  const Loaded loaded = Load(backend_, path());
  const auto dataset =
      Dataset::FromCsv(csv(), loaded.manifest, {.target = "target", .ignored = {}});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EvaluateOptions options;
  const auto together = Evaluate(*loaded.session, loaded.manifest, *dataset, clock_, options);
  options.score.batch_size = 7;
  const auto apart = Evaluate(*loaded.session, loaded.manifest, *dataset, clock_, options);
  ASSERT_TRUE(together.ok() && apart.ok());
  for (const auto& [name, value] : together->metrics.entries()) {
    EXPECT_NEAR(*apart->metrics.Find(name), value, 1e-6 * std::max(1.0, std::abs(value))) << name;
  }
}

TEST_P(Examples, AnswerTheirGoldenRequests) {
  const Loaded loaded = Load(backend_, path());
  ASSERT_FALSE(loaded.manifest.golden.empty());
  const GateReport report = ReplayGolden(*loaded.session, loaded.manifest);
  EXPECT_EQ(report.outcome, Outcome::kPass) << report.message;
}

TEST_P(Examples, PassTheDefaultPolicy) {
  const Loaded loaded = Load(backend_, path());
  const auto dataset =
      Dataset::FromCsv(csv(), loaded.manifest, {.target = "target", .ignored = {}});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  auto result = Evaluate(*loaded.session, loaded.manifest, *dataset, clock_);
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Policy policy = DefaultPolicy(loaded.manifest.task);
  ASSERT_TRUE(LintPolicy(policy, loaded.manifest).ok());
  const Verdict verdict = RunGates(StandardGates(), {.policy = policy, .candidate = *result});
  EXPECT_EQ(verdict.outcome, Outcome::kPass);
}

INSTANTIATE_TEST_SUITE_P(
    All, Examples,
    testing::Values(Example{"cancer", "model.onnx", 143}, Example{"cancer", "model-v2.onnx", 143},
                    Example{"digits", "model.onnx", 450}, Example{"wine", "model.onnx", 45},
                    Example{"diabetes", "model.onnx", 111}),
    [](const auto& test) {
      return test.param.folder + (test.param.file == "model.onnx" ? "" : "_v2");
    });

TEST(EvaluateExamples, PadsTheLastBatchOfAModelWithAFixedFirstDimension) {
  runtime::OnnxBackend backend;
  const base::FakeClock clock;
  const Loaded loaded = Load(backend, kTestModels + "fixed_batch_4.onnx");
  std::string csv;
  for (const std::string& name : loaded.manifest.features) csv += name + ",";
  csv += "target\n";
  for (int row = 0; row < 6; ++row) {
    for (std::size_t i = 0; i < loaded.manifest.features.size(); ++i) {
      csv += std::to_string(row) + ".5,";
    }
    csv += "0\n";
  }
  const auto dataset = Dataset::FromCsv(csv, loaded.manifest, {.target = "target", .ignored = {}});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->rows().fixed_rows(), 4u);
  const auto result = Evaluate(*loaded.session, loaded.manifest, *dataset, clock);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->rows, 6u);
  EXPECT_EQ(result->invalid_rows, 0u);
}

TEST(EvaluateExamples, ReportsNanAnswersOfARealModel) {
  runtime::OnnxBackend backend;
  const base::FakeClock clock;
  const Loaded loaded = Load(backend, kTestModels + "nan_output.onnx");
  std::string csv;
  for (const std::string& name : loaded.manifest.features) csv += name + ",";
  csv += "target\n";
  for (int row = 0; row < 3; ++row) {
    for (std::size_t i = 0; i < loaded.manifest.features.size(); ++i) csv += "-1,";
    csv += "0\n";
  }
  const auto dataset = Dataset::FromCsv(csv, loaded.manifest, {.target = "target", .ignored = {}});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  const auto result = Evaluate(*loaded.session, loaded.manifest, *dataset, clock);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->invalid_rows, 3u);
  const Policy policy = DefaultPolicy(loaded.manifest.task);
  const Verdict verdict = RunGates(StandardGates(), {.policy = policy, .candidate = *result});
  EXPECT_EQ(verdict.outcome, Outcome::kFail);
}

}  // namespace
}  // namespace moorage::control

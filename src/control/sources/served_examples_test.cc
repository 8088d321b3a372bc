#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "domain/contract/infer_manifest.h"
#include "domain/contract/metadata.h"
#include "domain/serving/lane/testing/lane_rig.h"
#include "domain/serving/servable/load_servable.h"
#include "foundation/base/clock.h"
#include "foundation/json/json.h"
#include "foundation/model/artifact.h"
#include "foundation/rows/golden_answer.h"
#include "foundation/rows/json_row.h"
#include "foundation/rows/prediction.h"
#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/runtime/testing/repository_files.h"

namespace moorage::control {
namespace {

// One of the models of examples/ ("cancer"), with the manifest that a push would give it.
base::Result<model::Artifact> ExampleArtifact(const std::string& name, runtime::Backend& backend) {
  const std::string path = "examples/" + name + "/model.onnx";
  model::Artifact artifact = runtime::ArtifactOfFile(path);
  artifact.digest = model::DigestOf(*artifact.model);
  ASSIGN_OR_RETURN(const json::Json json,
                   json::ParseJson(runtime::ReadRepositoryFile(path + ".metadata")));
  ASSIGN_OR_RETURN(const contract::Metadata metadata, contract::MetadataFromJson(json));
  ASSIGN_OR_RETURN(const auto session, backend.Open(artifact));
  ASSIGN_OR_RETURN(contract::Inferred inferred,
                   contract::InferManifest(session->signature(), metadata,
                                           {.metadata = session->graph().metadata,
                                            .producer = session->graph().producer,
                                            .outputs = session->graph().outputs}));
  artifact.manifest = std::move(inferred.manifest);
  return artifact;
}

// The example models, through ONNX Runtime and the lane: the golden answers of their own metadata.
class ServedExamples : public testing::TestWithParam<const char*> {};

TEST_P(ServedExamples, AnswerTheirGoldenRequestsInOneSharedRun) {
  const base::Clock& clock = base::SystemClock::Get();
  runtime::OnnxBackend backend;
  const auto artifact = ExampleArtifact(GetParam(), backend);
  ASSERT_TRUE(artifact.ok()) << artifact.error().message;
  auto loaded =
      servable::ServableLoader(backend, clock, 32)
          .Load(model::ModelName(GetParam()), *model::SemVer::Parse("1.0.0"), *artifact, 1);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->note, "");
  EXPECT_TRUE(loaded->servable->batchable);
  const servable::ServableHandle servable = std::move(loaded->servable);
  const std::vector<model::GoldenRequest>& golden = servable->manifest.golden;
  ASSERT_FALSE(golden.empty());

  lane::LaneRig rig(clock);
  std::vector<base::Status> checks(golden.size(),
                                   base::Error{base::Code::kInternal, "not answered"});
  for (std::size_t i = 0; i < golden.size(); ++i) {
    auto rows = rig.lane().OpenRows(servable);
    ASSERT_TRUE(rows.ok());
    const auto row = rows->Add();
    ASSERT_TRUE(row.ok());
    const base::Status stored =
        rows::StoreJsonRow(*servable->layout, *row, golden[i].features, "features");
    ASSERT_TRUE(stored.ok()) << stored.error().message;
    rig.lane().Submit(std::move(*rows), {}, [&, i](const base::Result<lane::InferAnswer>& answer) {
      rows::PredictionReader::Scratch scratch;
      if (!answer.ok()) {
        checks[i] = answer.error();
        return;
      }
      const auto prediction = servable->reader->Read(answer->outputs, answer->first_row, scratch);
      checks[i] = prediction.ok() ? rows::CompareGolden(golden[i], *prediction)
                                  : base::Status(prediction.error());
    });
  }
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  for (const base::Status& check : checks) EXPECT_TRUE(check.ok()) << check.error().message;
}

INSTANTIATE_TEST_SUITE_P(All, ServedExamples,
                         testing::Values("cancer", "digits", "wine", "diabetes"));

}  // namespace
}  // namespace moorage::control

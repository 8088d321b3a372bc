#include "control/push/inspect_model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;

class InspectModelTest : public RegistryFixture {
 protected:
  static ModelFiles Bytes(std::string model) {
    ModelFiles files;
    files.model = std::make_shared<const std::string>(std::move(model));
    return files;
  }
  ModelFiles Cancer() {
    ModelFiles files = Bytes(Example("cancer/model.onnx"));
    files.metadata = Example("cancer/model.onnx.metadata");
    files.reference = Example("cancer/reference.csv");
    return files;
  }
  base::Result<InspectedModel> Inspect(const ModelFiles& files,
                                       const contract::Metadata& options = {}) {
    return InspectModel(backend(), prober_, files, options);
  }
  std::string Problem(const ModelFiles& files) {
    const auto inspected = Inspect(files);
    if (inspected.ok()) return "accepted";
    EXPECT_EQ(inspected.error().code, Code::kInvalid) << inspected.error().message;
    return inspected.error().message;
  }
  static bool Notes(const InspectedModel& inspected, const std::string& note) {
    for (const std::string& one : inspected.notes) {
      if (one == note) return true;
    }
    return false;
  }
};

TEST_F(InspectModelTest, KnowsTheManifestAndTheDigestOfWhatWouldBeStored) {
  const auto inspected = Inspect(Cancer());
  ASSERT_TRUE(inspected.ok()) << inspected.error().message;
  EXPECT_EQ(inspected->manifest.features.size(), 30U);
  EXPECT_EQ(inspected->manifest_text, json::ToText(model::ToJson(inspected->manifest)));
  std::string names;
  for (const model::ArtifactFile& file : inspected->index.files) names += file.name + " ";
  EXPECT_EQ(names, "manifest.json model.onnx reference.csv ");
  EXPECT_EQ(inspected->index.Find("model.onnx")->digest,
            model::DigestOf(Example("cancer/model.onnx")));
  EXPECT_TRUE(Notes(*inspected, "reference: 300 rows"));
  const model::Artifact artifact = ToArtifact(Cancer(), *inspected);
  EXPECT_EQ(artifact.digest, inspected->index.digest());
  EXPECT_EQ(artifact.manifest, inspected->manifest);
  ExpectNothingStored();
}

TEST_F(InspectModelTest, OptionsWinOverTheFileAndBothOverTheGraph) {
  contract::Metadata options;
  options.training_date = "2026-02-01";
  const auto inspected = Inspect(Cancer(), options);
  ASSERT_TRUE(inspected.ok()) << inspected.error().message;
  EXPECT_EQ(inspected->manifest.training_date, "2026-02-01");
  EXPECT_EQ(inspected->manifest.features[0], "mean radius")
      << "of the file; the graph has no names";
  EXPECT_EQ(inspected->told.model_name, "cancer");
}

TEST_F(InspectModelTest, TakesTheLabelsOfTheGraphsClassifierWhereNobodyNamesAny) {
  const auto wine = Inspect(Bytes(Example("wine/model.onnx")));
  ASSERT_TRUE(wine.ok()) << wine.error().message;
  EXPECT_EQ(wine->manifest.labels,
            model::Labels(std::vector<std::string>{"barbera", "barolo", "grignolino"}));
  EXPECT_TRUE(std::ranges::any_of(wine->notes, [](const std::string& note) {
    return note.starts_with("labels: barbera, barolo, grignolino, because the ");
  })) << testing::PrintToString(wine->notes);
}

TEST_F(InspectModelTest, ReferenceDataMustBeRowsOfTheModelAndNothingElse) {
  ModelFiles files = Bytes(TestModel("rank3_image.onnx"));
  std::string header = "p0";
  std::string row = "0.5";
  for (int i = 1; i < 16; ++i) {
    header += ",p" + std::to_string(i);
    row += ",0.5";
  }
  files.reference = header + "\n" + row + "\n" + row + "\n";
  const auto image = Inspect(files);
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_TRUE(Notes(*image, "reference: 2 rows")) << "an image is a row too";
  files.reference = "a,b\n1,2\n";
  EXPECT_TRUE(Problem(files).starts_with("reference: CSV: 2 feature columns, the model has 16"));

  ModelFiles spare = Cancer();
  const std::string text = *spare.reference;
  spare.reference = "id," + text.substr(0, text.find('\n') + 1);
  EXPECT_EQ(Problem(spare), "reference: CSV: column 'id' is not a feature of the model; remove it");
  ModelFiles lost = Cancer();
  lost.reference = std::nullopt;
  EXPECT_EQ(Problem(lost),
            "reference: the metadata names 'reference.csv', but the file was not given");
}

TEST_F(InspectModelTest, KeepsReferenceDataUnreadWhereTheModelTakesNoRows) {
  ModelFiles files = Bytes(TestModel("slow_loop.onnx"));
  files.reference = "anything";
  const auto inspected = Inspect(files);
  ASSERT_TRUE(inspected.ok()) << inspected.error().message;
  EXPECT_TRUE(Notes(*inspected, "reference: kept unread, because the model takes no rows"));
  EXPECT_NE(inspected->index.Find("reference.csv"), nullptr);
}

TEST_F(InspectModelTest, NamesThePartThatIsWrong) {
  ModelFiles files = Cancer();
  files.metadata = R"({"labels": "a"})";
  EXPECT_EQ(Problem(files), "metadata: labels: must be an array");
  files = Cancer();
  files.external.push_back({"model.onnx", files.model});
  EXPECT_EQ(Problem(files), "external data: the name 'model.onnx' is taken");
  files.external[0].name = "w.bin";
  files.external.push_back(files.external[0]);
  EXPECT_EQ(Problem(files), "external data: 'w.bin' is there twice");
  EXPECT_NE(Problem(Bytes("letter")).find("not an ONNX model"), std::string::npos);
}

}  // namespace
}  // namespace moorage::control

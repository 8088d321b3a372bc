#include "control/push/model_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;

const std::string kCancer = MOORAGE_SOURCE_DIR "/examples/cancer/model.onnx";
const std::string kModels = MOORAGE_SOURCE_DIR "/tests/testdata/models/";

class ModelFilesTest : public RegistryFixture {
 protected:
  base::Result<ModelFiles> Read(const ModelPaths& paths) { return ReadModelFiles(files_, paths); }
  // A path in this test's own directory.
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(root_ + "/" + name, std::ios::binary) << text;
    return root_ + "/" + name;
  }
  static ModelPaths At(const std::string& model) {
    ModelPaths paths;
    paths.model = model;
    return paths;
  }
};

TEST_F(ModelFilesTest, ReadsAModelWithAllThatLiesBesideIt) {
  const auto cancer = Read(At(kCancer));
  ASSERT_TRUE(cancer.ok()) << cancer.error().message;
  EXPECT_EQ(*cancer->model, Example("cancer/model.onnx"));
  EXPECT_EQ(cancer->metadata, Example("cancer/model.onnx.metadata"));
  EXPECT_EQ(cancer->reference, Example("cancer/reference.csv")) << "the metadata names it";
  EXPECT_TRUE(cancer->external.empty());
  const auto external = Read(At(kModels + "external_data.onnx"));
  ASSERT_TRUE(external.ok()) << external.error().message;
  ASSERT_EQ(external->external.size(), 1U);
  EXPECT_EQ(external->external[0].name, "external_data.onnx.data");
  EXPECT_EQ(*external->external[0].bytes, TestModel("external_data.onnx.data"));
}

TEST_F(ModelFilesTest, TakesTheMetadataAndReferenceThatAreNamed) {
  ModelPaths paths = At(Write("m.onnx", Example("cancer/model.onnx")));
  const auto bare = Read(paths);
  ASSERT_TRUE(bare.ok()) << bare.error().message;
  EXPECT_FALSE(bare->metadata.has_value()) << "there is none beside it, and none was asked for";
  paths.metadata = Write("about.json", R"({"version": "2.0.0", "reference": "not-there.csv"})");
  paths.reference = Write("rows.csv", "a\n1\n");
  const auto named = Read(paths);
  ASSERT_TRUE(named.ok()) << named.error().message;
  EXPECT_EQ(named->reference, "a\n1\n") << "wins over what the metadata names";
  EXPECT_EQ(ParseMetadata(*named->metadata, "about.json")->version->text(), "2.0.0");
}

TEST_F(ModelFilesTest, SaysWhichFileIsMissingAndWhoAsksForIt) {
  const auto message = [this](const ModelPaths& paths) {
    const auto read = Read(paths);
    EXPECT_FALSE(read.ok());
    if (read.ok()) return std::string();
    EXPECT_EQ(read.error().code, Code::kNotFound);
    return read.error().message;
  };
  EXPECT_NE(message(At(root_ + "/absent.onnx")).find("absent.onnx"), std::string::npos);
  ModelPaths named = At(Write("m.onnx", Example("cancer/model.onnx")));
  named.metadata = root_ + "/absent.json";
  EXPECT_TRUE(message(named).starts_with("metadata: "));
  EXPECT_NE(message(named).find("absent.json"), std::string::npos);
  const ModelPaths lonely = At(Write("w.onnx", TestModel("external_data.onnx")));
  EXPECT_TRUE(message(lonely).starts_with(
      lonely.model + " keeps weights in the file 'external_data.onnx.data' beside it: "));
  Write("m.onnx.metadata", R"({"reference": "rows.csv"})");
  const ModelPaths reference = At(root_ + "/m.onnx");
  EXPECT_TRUE(message(reference).starts_with(reference.model +
                                             ".metadata names the reference data 'rows.csv': "));
}

TEST_F(ModelFilesTest, RefusesAFileThatIsTooLarge) {
  ModelPaths paths = At(Write("m.onnx", "0123456789"));
  paths.limit = 9;
  const auto read = Read(paths);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, Code::kExhausted) << read.error().message;
}

TEST_F(ModelFilesTest, NamesFileAndPlaceOfWhatMetadataSaysWrong) {
  const auto problem = [](const char* text) {
    const auto metadata = ParseMetadata(text, "model.onnx.metadata");
    return metadata.ok() ? std::string() : metadata.error().message;
  };
  EXPECT_EQ(problem(R"({"labels": "a"})"), "model.onnx.metadata: labels: must be an array");
  EXPECT_EQ(problem(R"({"golden": [{"features": [1e400], "prediction": 1}]})"),
            "model.onnx.metadata: JSON: golden[0].features[0]: out of range for a number");
}

TEST_F(ModelFilesTest, HandsEveryFileOverAsItsPart) {
  ModelFiles files;
  files.model = std::make_shared<const std::string>("graph");
  files.metadata = "{}";
  files.reference = "a\n1\n";
  files.external.push_back({"w.bin", std::make_shared<const std::string>("weights")});
  std::string text;
  for (const model::ApiPart& part : ToParts(files)) {
    text += part.name + "(" + part.filename + ")=" + part.bytes + ";";
  }
  EXPECT_EQ(text,
            "model(model.onnx)=graph;metadata(model.onnx.metadata)={};"
            "reference(reference.csv)=a\n1\n;external(w.bin)=weights;");
}

TEST_F(ModelFilesTest, ReadsNoFileOutsideTheModelsDirectory) {
  ModelPaths paths;
  paths.model = kModels + "external_data_escape.onnx";
  const auto read = ReadModelFiles(files_, paths);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_TRUE(read->external.empty());
  EXPECT_FALSE(ExternalDataFiles(*read->model).empty());
}

TEST_F(ModelFilesTest, SurvivesAModelCutOffAnywhere) {
  const std::string whole = ReadText(kModels + "external_data.onnx");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    (void)ExternalDataFiles(std::string_view(whole).substr(0, size));
  }
  EXPECT_EQ(ExternalDataFiles(whole), std::set<std::string>{"external_data.onnx.data"});
}

}  // namespace
}  // namespace moorage::control

#include "control/sources/file_model_source.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;

class FileModelTest : public RegistryFixture {
 protected:
  base::Result<FileModel> Load(const std::string& option) {
    auto parsed = ParseFileModelOption(option);
    if (!parsed.ok()) return std::move(parsed).error();
    return LoadFileModel(files_, backend(), prober_, *parsed);
  }
  // A copy of a file in a directory of this test's own.
  std::string Copy(const std::string& from, const std::string& name) {
    const std::string to = root_ + "/" + name;
    std::filesystem::copy_file(from, to);
    return to;
  }
};

const std::string kCancerFile = MOORAGE_SOURCE_DIR "/examples/cancer/model.onnx";
const std::string kModelFolder = MOORAGE_SOURCE_DIR "/tests/testdata/models/";

TEST_F(FileModelTest, TakesNameAndVersionFromTheMetadataBesideIt) {
  const auto model = Load(kCancerFile);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->name.value(), "cancer");
  EXPECT_EQ(model->version.text(), "1.0.0");
  EXPECT_EQ(model->artifact.manifest.golden.size(), 3U);
  EXPECT_EQ(Load(kCancerFile + "=lung")->name.value(), "lung");
}

TEST_F(FileModelTest, AFileWithoutMetadataIsModel100) {
  const auto model = Load(Copy(kCancerFile, "m.onnx"));
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->name.value(), "model");
  EXPECT_EQ(model->version.text(), "1.0.0");
  EXPECT_FALSE(model->notes.empty());
}

TEST_F(FileModelTest, RefusesNamesThatAreNoneAndHostileFiles) {
  EXPECT_FALSE(Load("=name").ok());
  EXPECT_TRUE(
      Load("m.onnx=a b")
          .error()
          .message.starts_with("a model file is given as FILE or FILE=NAME: model name 'a b': "));
  EXPECT_EQ(Load(root_ + "/absent.onnx").error().code, Code::kNotFound);
  EXPECT_FALSE(Load("m.onnx=").ok());
  for (const char* file : {"pickle.onnx", "empty.onnx", "truncated.onnx", "no_inputs.onnx",
                           "external_data_escape.onnx"}) {
    const auto model = Load(kModelFolder + file);
    ASSERT_FALSE(model.ok()) << file;
    EXPECT_NE(model.error().message.find(file), std::string::npos) << model.error().message;
  }
}

TEST_F(FileModelTest, ItsSourceServesEachFileAsProduction) {
  std::vector<FileModel> models;
  for (const char* name : {"cancer", "wine"}) {
    auto model = Load(std::string(MOORAGE_SOURCE_DIR "/examples/") + name + "/model.onnx");
    ASSERT_TRUE(model.ok()) << model.error().message;
    models.push_back(*std::move(model));
  }
  auto twice = models;
  twice.push_back(models[0]);
  EXPECT_FALSE(FileModelSource::Make(std::move(twice)).ok());
  auto source = FileModelSource::Make(std::move(models));
  ASSERT_TRUE(source.ok());
  const auto wanted = source->Wanted();
  ASSERT_TRUE(wanted.ok());
  ASSERT_EQ(wanted->size(), 2U);
  EXPECT_EQ(wanted->at(1).aliases.at(0).alias.value(), "production");
  const auto artifact = source->Fetch(wanted->at(1).name, wanted->at(1).versions.at(0));
  ASSERT_TRUE(artifact.ok());
  EXPECT_EQ(artifact->digest, wanted->at(1).versions.at(0).digest);
  const auto report = source->FindReport(artifact->digest, servable::ProbeKey::Of(backend()));
  ASSERT_TRUE(report.ok() && report->has_value());
  EXPECT_TRUE((*report)->batchable());
  EXPECT_TRUE(backend().Open(*artifact).ok());
}

}  // namespace
}  // namespace moorage::control

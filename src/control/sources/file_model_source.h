#pragma once

// Serves model files without a registry.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/push/model_files.h"
#include "domain/serving/models/model_source.h"
#include "foundation/base/file_system.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"
#include "platform/runtime/backend.h"

namespace moorage::control {

// A model out of a file, ready to be served without a registry.
struct FileModel {
  model::ModelName name;
  model::SemVer version;
  model::Artifact artifact;
  std::vector<std::string> notes;  // what was inferred
  servable::ProbeReport report;    // what trial runs showed
};

// Reads the value of `serve --model` and of MODEL_PATH, "model.onnx" or "model.onnx=cancer".
struct FileModelOption {
  std::string path;
  std::optional<model::ModelName> name;
};
base::Result<FileModelOption> ParseFileModelOption(std::string_view text);

// Reads, opens, tries and checks the model, golden requests included, as a push would. Its name is
// the option's, else the metadata's, else "model"; its version the metadata's, else 1.0.0.
base::Result<FileModel> LoadFileModel(base::FileSystem& files, runtime::Backend& backend,
                                      servable::Prober& prober, const FileModelOption& option);

// Serves a fixed list of models, each as production. It never changes.
class FileModelSource : public models::ModelSource {
 public:
  // kInvalid if two models have one name.
  static base::Result<FileModelSource> Make(std::vector<FileModel> models);

  base::Result<std::uint64_t> Generation() override;
  base::Result<std::vector<models::WantedModel>> Wanted() override;
  base::Result<model::Artifact> Fetch(const model::ModelName& name,
                                      const models::WantedVersion& version) override;
  // The report of LoadFileModel().
  base::Result<std::optional<servable::ProbeReport>> FindReport(
      const model::Digest& artifact, const servable::ProbeKey& key) override;
  base::ChangeWatch& changes() override { return *changes_; }

 private:
  explicit FileModelSource(std::vector<FileModel> models) : models_(std::move(models)) {}

  std::vector<FileModel> models_;
  std::unique_ptr<base::ChangeWatch> changes_ = std::make_unique<base::WakeOnlyWatch>();
};

}  // namespace moorage::control

#include "control/sources/file_model_source.h"

#include <set>
#include <utility>

#include "control/push/choose_version.h"
#include "control/push/inspect_model.h"
#include "domain/evaluation/golden_replay.h"

namespace moorage::control {

using base::Code;
using base::Error;
using base::Result;

Result<FileModelOption> ParseFileModelOption(std::string_view text) {
  // The last '=' separates, because a path may contain one and a name may not. A '/' behind it
  // shows that it belongs to the path.
  std::size_t equals = text.rfind('=');
  if (equals != std::string_view::npos && text.find('/', equals) != std::string_view::npos) {
    equals = std::string_view::npos;
  }
  FileModelOption option{.path = std::string(text.substr(0, equals)), .name = std::nullopt};
  if (equals != std::string_view::npos) {
    ASSIGN_OR_RETURN(option.name, base::Annotate("a model file is given as FILE or FILE=NAME",
                                                 model::ParseModelName(text.substr(equals + 1))));
  }
  if (option.path.empty()) {
    return Error{Code::kInvalid, "a model file must be given as FILE or FILE=NAME"};
  }
  return option;
}

Result<FileModel> LoadFileModel(base::FileSystem& files, runtime::Backend& backend,
                                servable::Prober& prober, const FileModelOption& option) {
  ModelPaths paths;
  paths.model = option.path;
  ASSIGN_OR_RETURN(const ModelFiles read, ReadModelFiles(files, paths));
  auto inspected = InspectModel(backend, prober, read, {});
  if (!inspected.ok()) return base::Annotate(option.path, std::move(inspected).error());
  auto report = TryModel(prober, read, *inspected);
  if (!report.ok()) return base::Annotate(option.path, std::move(report).error());
  const evaluation::GateReport golden =
      evaluation::ReplayGolden(*inspected->session, inspected->manifest);
  // No push has checked this model, so the checks of a push run here.
  if (golden.outcome != evaluation::Outcome::kPass) {
    return Error{Code::kInvalid, option.path + ": " + golden.message};
  }
  ASSIGN_OR_RETURN(model::SemVer version, model::SemVer::Parse(kFirstVersion));
  if (inspected->told.version) version = *inspected->told.version;
  const model::ModelName told(inspected->told.model_name.value_or("model"));
  return FileModel{.name = option.name.value_or(told),
                   .version = std::move(version),
                   .artifact = ToArtifact(read, *inspected),
                   .notes = std::move(inspected->notes),
                   .report = *std::move(report)};
}

Result<FileModelSource> FileModelSource::Make(std::vector<FileModel> models) {
  std::set<std::string> names;
  for (const FileModel& model : models) {
    if (!names.insert(model.name.value()).second) {
      return Error{Code::kInvalid, "two model files have the name '" + model.name.value() +
                                       "'; give one another name as FILE=NAME"};
    }
  }
  return FileModelSource(std::move(models));
}

// Constant, because the files are read once at the start.
Result<std::uint64_t> FileModelSource::Generation() { return std::uint64_t{1}; }

Result<std::vector<models::WantedModel>> FileModelSource::Wanted() {
  std::vector<models::WantedModel> wanted;
  wanted.reserve(models_.size());
  for (const FileModel& model : models_) {
    wanted.push_back({.name = model.name,
                      .aliases = {{model::Alias("production"), model.version}},
                      .versions = {{model.version, model.artifact.digest}}});
  }
  return wanted;
}

Result<std::optional<servable::ProbeReport>> FileModelSource::FindReport(
    const model::Digest& artifact, const servable::ProbeKey& /*key*/) {
  for (const FileModel& model : models_) {
    if (model.artifact.digest == artifact) return std::optional(model.report);
  }
  return std::nullopt;
}

Result<model::Artifact> FileModelSource::Fetch(const model::ModelName& name,
                                               const models::WantedVersion& /*version*/) {
  for (const FileModel& model : models_) {
    // A name has one version here, so the version need not be compared.
    if (model.name == name) return model.artifact;
  }
  return Error{Code::kNotFound, "model " + name.value() + ": not served"};
}

}  // namespace moorage::control

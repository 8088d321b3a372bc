#include "domain/serving/servable/load_servable.h"

#include <utility>

#include "domain/serving/servable/probe.h"

namespace moorage::servable {
namespace {

using model::TensorSpec;

base::Status CheckAlike(std::string_view side, const std::vector<TensorSpec>& graph,
                        const std::vector<TensorSpec>& manifest) {
  const auto invalid = [&](const std::string& what) {
    return base::Error{base::Code::kInvalid, "the manifest does not describe this model: " + what};
  };
  if (graph.size() != manifest.size()) {
    return invalid(std::to_string(manifest.size()) + " " + std::string(side) + "s where it has " +
                   std::to_string(graph.size()));
  }
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (graph[i].name != manifest[i].name || graph[i].type != manifest[i].type) {
      return invalid(std::string(side) + " '" + manifest[i].name + "' (" +
                     std::string(model::Name(manifest[i].type)) + ") where it has '" +
                     graph[i].name + "' (" + std::string(model::Name(graph[i].type)) + ")");
    }
  }
  return {};
}

}  // namespace

base::Result<LoadedServable> ServableLoader::Load(const model::ModelName& name,
                                                  const model::SemVer& version,
                                                  const model::Artifact& artifact,
                                                  std::uint32_t id) const {
  ASSIGN_OR_RETURN(std::unique_ptr<runtime::Session> session, backend_.Open(artifact));
  const model::Signature& graph = session->signature();
  RETURN_IF_ERROR(CheckAlike("input", graph.inputs, artifact.manifest.signature.inputs));
  RETURN_IF_ERROR(CheckAlike("output", graph.outputs, artifact.manifest.signature.outputs));
  LoadedServable loaded;
  loaded.servable =
      std::make_unique<Servable>(Servable{.name = name,
                                          .version = version,
                                          .digest = artifact.digest,
                                          .manifest = artifact.manifest,
                                          .session = std::move(session),
                                          .layout = rows::RowLayout::Make(artifact.manifest),
                                          .reader = rows::PredictionReader::Make(artifact.manifest),
                                          .batchable = false,
                                          .cost = {},
                                          .id = id,
                                          .label = model::MakeLabel(id, name, version)});
  ProbeReport report = Probe(*loaded.servable, batch_size_, clock_);
  loaded.servable->batchable = report.batchable;
  loaded.servable->cost = report.cost;
  loaded.note = std::move(report.note);
  return loaded;
}

}  // namespace moorage::servable

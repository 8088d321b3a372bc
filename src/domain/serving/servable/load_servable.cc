#include "domain/serving/servable/load_servable.h"

#include <utility>

#include "domain/serving/servable/probe.h"
#include "domain/serving/servable/row_buffers.h"
#include "domain/serving/servable/row_run.h"

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

// A run that is longer is not made to warm up.
constexpr base::Duration kCheap = std::chrono::milliseconds(20);

void WarmUp(const Servable& servable) {
  if (!servable.layout.ok()) return;
  RowBuffers rows(RowForm::Of(servable.session->signature(), *servable.layout));
  rows.AddZero();
  // The trial runs have shown what the model does. An error here means nothing.
  (void)RunOverRows(servable, rows, 0, 1, {}, 1, nullptr);
}

// The report for the operator, in one line.
std::string NoteOf(const ProbeReport& report) {
  std::string note = report.note;
  for (const ProbeFinding& finding : report.findings) {
    note += (note.empty() ? "" : "; ") + Describe(finding);
  }
  return note;
}

LoadedServable Loaded(std::unique_ptr<Servable> servable, ProbeReport report) {
  servable->batchable = report.batchable();
  servable->cost = report.cost;
  LoadedServable loaded{.servable = std::move(servable), .note = NoteOf(report)};
  loaded.servable->probe = std::move(report);
  return loaded;
}

}  // namespace

base::Result<std::unique_ptr<Servable>> OpenServable(runtime::Backend& backend,
                                                     const LoadRequest& request) {
  const model::Artifact& artifact = request.artifact;
  ASSIGN_OR_RETURN(std::unique_ptr<runtime::Session> session, backend.Open(artifact));
  const model::Signature& graph = session->signature();
  RETURN_IF_ERROR(CheckAlike("input", graph.inputs, artifact.manifest.signature.inputs));
  RETURN_IF_ERROR(CheckAlike("output", graph.outputs, artifact.manifest.signature.outputs));
  return std::make_unique<Servable>(
      Servable{.name = request.name,
               .version = request.version,
               .digest = artifact.digest,
               .manifest = artifact.manifest,
               .session = std::move(session),
               .layout = rows::RowLayout::Make(artifact.manifest),
               .reader = rows::PredictionReader::Make(artifact.manifest),
               .batchable = false,
               .cost = {},
               .id = request.id,
               .label = model::MakeLabel(request.id, request.name, request.version)});
}

base::Result<LoadedServable> ServableLoader::Load(const LoadRequest& request,
                                                  ProbeReport report) const {
  if (report.quarantined()) return QuarantineError(report);
  ASSIGN_OR_RETURN(std::unique_ptr<Servable> servable, OpenServable(backend_, request));
  // The first run allocates and fills caches. A request should not wait for that.
  if (report.cost.Of(1) <= kCheap) WarmUp(*servable);
  return Loaded(std::move(servable), std::move(report));
}

base::Result<LoadedServable> ServableLoader::Load(const model::ModelName& name,
                                                  const model::SemVer& version,
                                                  const model::Artifact& artifact,
                                                  std::uint32_t id) const {
  ASSIGN_OR_RETURN(
      std::unique_ptr<Servable> servable,
      OpenServable(backend_, {.name = name, .version = version, .artifact = artifact, .id = id}));
  ProbeReport report = Probe(*servable, {.batch_size = batch_size_}, clock_);
  return Loaded(std::move(servable), std::move(report));
}

}  // namespace moorage::servable

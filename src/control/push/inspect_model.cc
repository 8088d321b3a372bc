#include "control/push/inspect_model.h"

#include <algorithm>
#include <set>
#include <utility>

#include "control/push/reference_rows.h"
#include "domain/contract/infer_manifest.h"
#include "domain/contract/settings.h"
#include "domain/evaluation/dataset.h"
#include "foundation/model/file_role.h"

namespace moorage::control {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// Rows of the reference data that trial runs get.
constexpr std::size_t kTrialRows = 16;

Result<contract::Inferred> Infer(const runtime::Session& session, const contract::Metadata& told) {
  const runtime::GraphInfo& graph = session.graph();
  return contract::InferManifest(
      session.signature(), told,
      {.metadata = graph.metadata, .producer = graph.producer, .outputs = graph.outputs});
}

void TakeOver(const Predecessor& before, InspectedModel& inspected,
              std::vector<std::string>& notes) {
  // A document in the graph speaks for itself.
  if (inspected.session->graph().metadata.contains("moorage.metadata")) return;
  contract::Inherited inherited = contract::Inherit(
      inspected.told, before.settings, before.version,
      [&](const contract::Metadata& told) { return Infer(*inspected.session, told).ok(); });
  inspected.told = std::move(inherited.told);
  notes = std::move(inherited.notes);
}

Status CheckExternalNames(const std::vector<model::NamedBytes>& external) {
  std::set<std::string_view> names;
  for (const model::NamedBytes& file : external) {
    RETURN_IF_ERROR(base::Annotate("external data", model::CheckArtifactFileName(file.name)));
    // All files of an artifact share one list of names.
    if (model::RoleOf(file.name) != model::FileRole::kWeights) {
      return Error{Code::kInvalid, "external data: the name '" + file.name + "' is taken"};
    }
    if (!names.insert(file.name).second) {
      return Error{Code::kInvalid, "external data: '" + file.name + "' is there twice"};
    }
  }
  return {};
}

Status CheckReference(const ModelFiles& files, InspectedModel& inspected,
                      const base::CancelToken& cancel) {
  const auto& named = inspected.told.reference;
  if (!files.reference) {
    if (!named) return {};
    return Error{Code::kInvalid,
                 "reference: the metadata names '" + *named + "', but the file was not given",
                 {{"reference", "the file '" + *named + "' was not given"}}};
  }
  const auto rows =
      evaluation::Dataset::FromCsv(*files.reference, inspected.manifest, {.cancel = cancel});
  if (rows.ok()) {
    inspected.rows = SampleRows(*rows, inspected.manifest, kTrialRows);
    inspected.notes.push_back("reference: " + std::to_string(rows->size()) + " rows");
    return {};
  }
  // Rows cannot be checked for a model that takes tensors only. The file is kept with the model all
  // the same.
  if (rows.error().code != Code::kUnsupported) return base::Annotate("reference", rows.error());
  inspected.notes.emplace_back("reference: kept unread, because the model takes no rows");
  return {};
}

model::ArtifactFile Entry(std::string_view name, std::string_view bytes) {
  return {std::string(name), model::DigestOf(bytes), bytes.size()};
}

model::ArtifactIndex IndexOf(const ModelFiles& files, std::string_view manifest) {
  model::ArtifactIndex index;
  index.files.push_back(Entry(model::kModelFile, *files.model));
  index.files.push_back(Entry(model::kManifestFile, manifest));
  for (const model::NamedBytes& file : files.external) {
    index.files.push_back(Entry(file.name, *file.bytes));
  }
  if (files.reference) index.files.push_back(Entry(model::kReferenceFile, *files.reference));
  // The order of ArtifactStore::Store, or the digest would differ and the same files would be a new
  // version.
  std::sort(index.files.begin(), index.files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return index;
}

}  // namespace

Result<contract::Metadata> ReadTold(const ModelFiles& files, const contract::Metadata& options) {
  contract::Metadata told;
  if (files.metadata) {
    ASSIGN_OR_RETURN(told, ParseMetadata(*files.metadata, kMetadataPart));
  }
  return contract::Merge(std::move(told), options);
}

Result<InspectedModel> InspectModel(runtime::Backend& backend, servable::Prober& prober,
                                    const ModelFiles& files, const contract::Metadata& options,
                                    const base::CancelToken& cancel,
                                    const std::optional<Predecessor>& before) {
  InspectedModel inspected;
  ASSIGN_OR_RETURN(inspected.told, ReadTold(files, options));
  RETURN_IF_ERROR(CheckExternalNames(files.external));
  const model::Artifact bytes{
      .digest = {}, .model = files.model, .external = files.external, .manifest = {}};
  RETURN_IF_ERROR(prober.TryOpen(bytes, cancel));
  // Opening cannot be stopped.
  RETURN_IF_ERROR(cancel.Check());
  ASSIGN_OR_RETURN(inspected.session, backend.Open(bytes));
  std::vector<std::string> taken_over;
  if (before) TakeOver(*before, inspected, taken_over);
  ASSIGN_OR_RETURN(contract::Inferred inferred, Infer(*inspected.session, inspected.told));
  inspected.manifest = std::move(inferred.manifest);
  inspected.notes = std::move(inferred.notes);
  inspected.notes.insert(inspected.notes.begin(), taken_over.begin(), taken_over.end());
  RETURN_IF_ERROR(cancel.Check());
  RETURN_IF_ERROR(CheckReference(files, inspected, cancel));
  inspected.manifest_text = json::ToText(model::ToJson(inspected.manifest));
  inspected.index = IndexOf(files, inspected.manifest_text);
  return inspected;
}

Result<servable::ProbeReport> TryModel(servable::Prober& prober, const ModelFiles& files,
                                       const InspectedModel& inspected,
                                       const base::CancelToken& cancel) {
  ASSIGN_OR_RETURN(
      servable::ProbeReport report,
      prober.Probe(
          {.artifact = ToArtifact(files, inspected), .rows = inspected.rows, .cancel = cancel}));
  if (report.quarantined()) return QuarantineError(report);
  if (report.refuted()) return servable::RefutedError(report.findings, inspected.manifest);
  return report;
}

model::Artifact ToArtifact(const ModelFiles& files, const InspectedModel& inspected) {
  return {.digest = inspected.index.digest(),
          .model = files.model,
          .external = files.external,
          .manifest = inspected.manifest};
}

}  // namespace moorage::control

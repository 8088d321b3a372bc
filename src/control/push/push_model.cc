#include "control/push/push_model.h"

#include <algorithm>
#include <utility>

#include "domain/contract/settings.h"
#include "domain/evaluation/golden_replay.h"
#include "foundation/json/json.h"
#include "foundation/model/file_role.h"

namespace moorage::control {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// How many taken versions a push without an exact version steps over. Each step is a write
// transaction.
constexpr int kMaxSteps = 16;
// How often a version is chosen again because of other pushes.
constexpr int kMaxRounds = 64;

Status CheckName(const PushRequest& request, const contract::Metadata& told) {
  if (!told.model_name || *told.model_name == request.name.value()) return {};
  const std::string why = "the metadata is about the model '" + *told.model_name + "', not '" +
                          request.name.value() +
                          "': push it under that name, or correct model_name";
  return Error{Code::kInvalid, why, {{"model_name", why}}};
}

// Where the user does not say, the metadata does.
VersionWish WishOf(const PushRequest& request, const contract::Metadata& said,
                   std::vector<std::string>& notes) {
  const auto& told = said.version;
  if (std::holds_alternative<std::monostate>(request.wish)) {
    if (!told) return LeastLegal{};
    notes.push_back("version: " + told->text() + ", because the metadata says so");
    return *told;
  }
  const auto* exact = std::get_if<model::SemVer>(&request.wish);
  if (told && exact == nullptr) {
    notes.push_back("version: not " + told->text() +
                    " as in the metadata, because a bump was asked for");
  } else if (told && *exact != *told) {
    notes.push_back("version: " + exact->text() + ", not " + told->text() +
                    " as in the metadata, because it was asked for");
  }
  return request.wish;
}

// What to change if the version is taken. It depends on where the version was named.
std::string AnotherVersion(const PushRequest& request) {
  if (!std::holds_alternative<std::monostate>(request.wish)) return "push them as another version";
  return "the metadata names this version: correct it there, or ask for a version or a bump";
}

Error OtherFiles(const PushRequest& request, const ChosenVersion& chosen,
                 const model::Digest& there, const model::Digest& pushed) {
  return Error{Code::kConflict, "push " + registry::Format(request.name, chosen.version) +
                                    ": registered already with other files (" + there.value() +
                                    " there, " + pushed.value() + " pushed); " +
                                    AnotherVersion(request)};
}

// None of a model that was never registered.
Result<std::vector<registry::ModelVersion>> VersionsOf(registry::Registry& registry,
                                                       const model::ModelName& name) {
  auto versions = registry.Versions(name);
  if (!versions.ok() && versions.error().code == Code::kNotFound) {
    return std::vector<registry::ModelVersion>();
  }
  return versions;
}

bool IsRegistered(const VersionWish& wish, std::span<const registry::ModelVersion> versions) {
  const auto* exact = std::get_if<model::SemVer>(&wish);
  if (exact == nullptr) return false;
  for (const registry::ModelVersion& version : versions) {
    if (version.version == *exact) return true;
  }
  return false;
}

std::string ChecksText(const InspectedModel& inspected, const ChosenVersion& chosen,
                       const evaluation::GateReport& golden, const std::string& engine) {
  json::Json checks;
  checks["engine"] = engine;
  checks["golden"] = evaluation::ToJson(golden);
  checks["inferred"] = inspected.notes;
  // The next push takes these over.
  checks["told"] = contract::SettingsToJson(inspected.told);
  checks["compared_with"] = nullptr;
  if (chosen.compared_with) checks["compared_with"] = chosen.compared_with->text();
  json::Json& changes = checks["changes"] = json::Json::array();
  for (const contract::ContractChange& change : chosen.changes) {
    changes.push_back({{"bump", contract::Name(change.bump)}, {"what", change.what}});
  }
  return json::ToText(checks);
}

std::vector<registry::FileBytes> FilesOf(const ModelFiles& files, const InspectedModel& inspected) {
  std::vector<registry::FileBytes> list;
  list.push_back({std::string(model::kModelFile), *files.model});
  list.push_back({std::string(model::kManifestFile), inspected.manifest_text});
  for (const model::NamedBytes& file : files.external) list.push_back({file.name, *file.bytes});
  if (files.reference) list.push_back({std::string(model::kReferenceFile), *files.reference});
  return list;
}

// A version that is chosen again is tried again, and says the same once.
void AddNote(InspectedModel& inspected, std::string note) {
  if (std::ranges::find(inspected.notes, note) == inspected.notes.end()) {
    inspected.notes.push_back(std::move(note));
  }
}

}  // namespace

Result<ChosenVersion> PushModel::Choose(const PushRequest& request, const VersionWish& wish,
                                        const InspectedModel& inspected,
                                        std::span<const registry::ModelVersion> versions) {
  const auto registered = IsRegistered(wish, versions) ? Registered::kYes : Registered::kNo;
  const registry::ModelVersion* base = ComparedWith(wish, versions);
  const std::string context = "push " + request.name.value();
  if (const registry::ModelVersion* above = FollowedBy(wish, versions);
      above != nullptr && registered == Registered::kNo) {
    ASSIGN_OR_RETURN(const model::Manifest after, deps_.registry.LoadManifest(*above));
    RETURN_IF_ERROR(
        base::Annotate(context, CheckFollower(std::get<model::SemVer>(wish), above->version,
                                              contract::Diff(inspected.manifest, after))));
  }
  if (base == nullptr) return ChooseVersion(wish, nullptr, {}, registered);
  ASSIGN_OR_RETURN(const model::Manifest before, deps_.registry.LoadManifest(*base));
  // The same files without a named version are the version that is there, not a new one.
  if (std::holds_alternative<LeastLegal>(wish) && base->artifact == inspected.index.digest()) {
    return ChosenVersion{base->version, contract::Bump::kPatch, std::nullopt, {}};
  }
  return base::Annotate(
      context,
      ChooseVersion(wish, &base->version, contract::Diff(before, inspected.manifest), registered));
}

Result<std::optional<Predecessor>> PushModel::Before(const PushRequest& request,
                                                     const VersionWish& wish) {
  if (request.fresh) return std::optional<Predecessor>();
  ASSIGN_OR_RETURN(const std::vector<registry::ModelVersion> versions,
                   VersionsOf(deps_.registry, request.name));
  const registry::ModelVersion* base = ComparedWith(wish, versions);
  if (base == nullptr) return std::optional<Predecessor>();
  // A version of an older program does not say what it was told.
  const auto checks = json::ParseJson(base->checks);
  if (!checks.ok() || !checks->is_object() || !checks->contains("told")) {
    return std::optional<Predecessor>();
  }
  auto settings = contract::MetadataFromJson((*checks)["told"]);
  if (!settings.ok()) return std::optional<Predecessor>();
  return std::optional(Predecessor{base->version.text(), *std::move(settings)});
}

Result<PushResult> PushModel::Rehearse(const PushRequest& request, const VersionWish& wish,
                                       InspectedModel inspected) {
  ASSIGN_OR_RETURN(const std::vector<registry::ModelVersion> versions,
                   VersionsOf(deps_.registry, request.name));
  ASSIGN_OR_RETURN(ChosenVersion chosen, Choose(request, wish, inspected, versions));
  servable::ProbeReport report;
  RETURN_IF_ERROR(Check(request, inspected, chosen, report));
  const auto found = std::ranges::find(versions, chosen.version, &registry::ModelVersion::version);
  const bool there = found != versions.end();
  if (there && found->artifact != inspected.index.digest()) {
    return OtherFiles(request, chosen, found->artifact, inspected.index.digest());
  }
  registry::ModelVersion version{.name = request.name,
                                 .version = chosen.version,
                                 .artifact = inspected.index.digest(),
                                 .size = 0,
                                 .created = {},
                                 .actor = request.actor,
                                 .checks = "{}",
                                 .aliases = {}};
  for (const model::ArtifactFile& file : inspected.index.files) version.size += file.size;
  return PushResult{.version = there ? *found : version,
                    .already_there = there,
                    .chosen = std::move(chosen),
                    .index = std::move(inspected.index),
                    .task = inspected.manifest.task,
                    .notes = std::move(inspected.notes),
                    .golden = inspected.manifest.golden.size(),
                    .manifest = model::ToJson(inspected.manifest)};
}

Result<PushResult> PushModel::Run(const PushRequest& request) {
  const std::string context = "push " + request.name.value();
  ASSIGN_OR_RETURN(const contract::Metadata told,
                   base::Annotate(context, ReadTold(request.files, request.options)));
  RETURN_IF_ERROR(base::Annotate(context, CheckName(request, told)));
  std::vector<std::string> notes;
  const VersionWish wish = WishOf(request, told, notes);
  ASSIGN_OR_RETURN(const std::optional<Predecessor> before, Before(request, wish));
  auto opened = InspectModel(deps_.backend, deps_.prober, request.files, request.options,
                             request.cancel, before);
  if (!opened.ok()) return base::Annotate(context, std::move(opened).error());
  InspectedModel inspected = *std::move(opened);
  inspected.notes.insert(inspected.notes.end(), notes.begin(), notes.end());
  if (request.dry_run) return Rehearse(request, wish, std::move(inspected));
  const bool exact = std::holds_alternative<model::SemVer>(wish);

  int taken = 0;
  std::optional<model::SemVer> start;
  for (int round = 0; round < kMaxRounds; ++round) {
    RETURN_IF_ERROR(request.cancel.Check());
    // Read anew in every round, because another push may have published the same files meanwhile.
    ASSIGN_OR_RETURN(const std::vector<registry::ModelVersion> present,
                     VersionsOf(deps_.registry, request.name));
    ASSIGN_OR_RETURN(ChosenVersion chosen, Choose(request, wish, inspected, present));
    // What was taken above another start says nothing about this one.
    if (start != chosen.version) taken = 0;
    start = chosen.version;
    for (int i = 0; i < taken; ++i) chosen.version = contract::Next(chosen.version, chosen.step);
    // An exact version has no alternative, so it takes over at once from a push that was killed.
    // Otherwise the next number is as good, and the other push may go on.
    auto reservation = deps_.registry.Reserve(
        request.name, chosen.version, request.actor,
        exact ? registry::Takeover::kAlways : registry::Takeover::kIfAbandoned,
        inspected.index.digest());
    if (reservation.ok()) {
      if (std::holds_alternative<LeastLegal>(wish)) {
        reservation->same = registry::SameArtifact::kLatestVersion;
      }
      reservation->judged = registry::NeighboursOf(present, chosen.version);
      const auto& existing = reservation->existing;
      const bool other = existing && existing->artifact != inspected.index.digest();
      if (!other || exact) {
        auto result = Complete(request, inspected, std::move(chosen), *reservation);
        if (result.ok() || result.error().reason != registry::kOvertaken) return result;
        continue;
      }
    } else if (exact || reservation.error().code != Code::kConflict) {
      return std::move(reservation).error();
    }
    // The version was deleted, is reserved by another push, or was published a moment ago. The next
    // one is tried (linear probing).
    if (++taken > kMaxSteps) {
      return Error{.code = Code::kConflict,
                   .message = context + ": the next " + std::to_string(kMaxSteps) +
                              " versions are all taken; name one",
                   .remedy = base::Remedy{base::RemedyKind::kNameVersion}};
    }
  }
  return Error{Code::kUnavailable, context + ": other pushes were faster " +
                                       std::to_string(kMaxRounds) + " times; push again"};
}

Result<PushResult> PushModel::Complete(const PushRequest& request, InspectedModel& inspected,
                                       ChosenVersion chosen,
                                       const registry::Reservation& reservation) {
  // Publish() would find the same. Here it costs no replay and writes no blobs.
  if (reservation.existing && reservation.existing->artifact != inspected.index.digest()) {
    return OtherFiles(request, chosen, reservation.existing->artifact, inspected.index.digest());
  }
  auto published = CheckAndPublish(request, inspected, chosen, reservation);
  if (!published.ok()) {
    // The first error is returned. A reservation that stays is taken over later.
    if (!reservation.existing) {
      (void)deps_.registry.Reject(reservation, published.error().message);
    }
    return std::move(published).error();
  }
  // Another push of the same files was faster, and its version is the answer.
  if (published->version.version != chosen.version) {
    chosen = {published->version.version, contract::Bump::kPatch, std::nullopt, {}};
  }
  PushResult result{.version = std::move(published->version),
                    .already_there = published->already_there,
                    .chosen = std::move(chosen),
                    .index = std::move(inspected.index),
                    .task = inspected.manifest.task,
                    .notes = std::move(inspected.notes),
                    .golden = inspected.manifest.golden.size()};
  return result;
}

// A server that serves the version need not try it again.
Status PushModel::KeepReport(const model::Digest& artifact, const servable::ProbeReport& report) {
  const servable::ProbeKey key = servable::ProbeKey::Of(deps_.backend);
  return deps_.registry.StoreProbe({.artifact = artifact,
                                    .engine = key.engine,
                                    .processor = key.processor,
                                    .report = json::ToText(servable::ToJson(report))});
}

// The trial runs and the golden requests.
Result<evaluation::GateReport> PushModel::Check(const PushRequest& request,
                                                InspectedModel& inspected,
                                                const ChosenVersion& chosen,
                                                servable::ProbeReport& report) {
  const std::string context = "push " + registry::Format(request.name, chosen.version);
  ASSIGN_OR_RETURN(report, base::Annotate(context, TryModel(deps_.prober, request.files, inspected,
                                                            request.cancel)));
  if (!report.note.empty()) AddNote(inspected, report.note);
  for (const servable::ProbeFinding& finding : report.findings) {
    AddNote(inspected, "trial: " + Describe(finding));
  }
  evaluation::GateReport golden =
      evaluation::ReplayGolden(*inspected.session, inspected.manifest, request.cancel);
  RETURN_IF_ERROR(request.cancel.Check());
  if (golden.outcome == evaluation::Outcome::kPass) return golden;
  return Error{Code::kInvalid, context + ": " + golden.message + "; nothing was registered"};
}

Result<registry::Published> PushModel::CheckAndPublish(const PushRequest& request,
                                                       InspectedModel& inspected,
                                                       const ChosenVersion& chosen,
                                                       const registry::Reservation& reservation) {
  servable::ProbeReport report;
  // Before any byte is stored, so a model that is refused leaves no blobs.
  ASSIGN_OR_RETURN(const evaluation::GateReport golden, Check(request, inspected, chosen, report));
  const std::vector<registry::FileBytes> files = FilesOf(request.files, inspected);
  // A version that is there already is stored again, which repairs its damaged blobs
  // (docs/formats/registry.md).
  ASSIGN_OR_RETURN(const model::ArtifactIndex stored,
                   deps_.registry.StoreArtifact(files, request.cancel));
  RETURN_IF_ERROR(KeepReport(stored.digest(), report));
  const std::string engine = deps_.program + ", " + deps_.backend.version();
  return deps_.registry.Publish(reservation, stored, ChecksText(inspected, chosen, golden, engine),
                                request.cancel);
}

}  // namespace moorage::control

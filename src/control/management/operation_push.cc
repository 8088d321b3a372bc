#include "control/management/operation_push.h"

#include <memory>
#include <string>
#include <utility>

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "control/push/model_files.h"
#include "foundation/model/names.h"

namespace moorage::management {
namespace {

base::Result<control::VersionWish> ReadWish(const CallReader& call) {
  const auto version = call.Query("version");
  const auto bump = call.Query("bump");
  if (version && bump) return QueryProblem("bump", "cannot stand beside 'version'");
  if (version) {
    auto parsed = ParseVersion(*version);
    if (!parsed.ok()) return QueryProblem("version", parsed.error().message);
    return control::VersionWish(*std::move(parsed));
  }
  if (!bump) return control::VersionWish();
  if (*bump == "auto") return control::VersionWish(control::LeastLegal{});
  for (const auto step : {contract::Bump::kMajor, contract::Bump::kMinor, contract::Bump::kPatch}) {
    if (*bump == contract::Name(step)) return control::VersionWish(step);
  }
  return QueryProblem("bump", "must be auto, major, minor or patch");
}

base::Result<bool> ReadSwitch(const CallReader& call, std::string_view name) {
  const auto text = call.Query(name);
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return QueryProblem(name, "must be true or false");
}

// Points to the bytes of a part without a copy (the aliasing constructor of an empty shared_ptr).
// The call outlives the use case that reads them.
std::shared_ptr<const std::string> Borrow(const std::string& bytes) {
  return std::shared_ptr<const std::string>(std::shared_ptr<const std::string>(), &bytes);
}

}  // namespace

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Result<control::PushRequest> ReadPush(const ApiCall& call) {
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(call.Parameter("name")));
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"version", "bump", "fresh", "dry_run"}));
  RETURN_IF_ERROR(
      reader.OnlyParts({control::kModelPart, control::kMetadataPart, control::kOptionsPart,
                        control::kReferencePart, control::kNotesPart, control::kExternalPart}));
  ASSIGN_OR_RETURN(const model::ApiPart* model, reader.RequiredPart(control::kModelPart));
  control::PushRequest request{.name = name,
                               .files = {},
                               .options = {},
                               .wish = {},
                               .actor = call.actor,
                               .cancel = call.cancel};
  request.files.model = Borrow(model->bytes);
  if (const auto* metadata = reader.Part(control::kMetadataPart))
    request.files.metadata = metadata->bytes;
  if (const auto* rows = reader.Part(control::kReferencePart))
    request.files.reference = rows->bytes;
  for (const model::ApiPart& part : call.parts) {
    if (part.name != control::kExternalPart) continue;
    request.files.external.push_back({part.filename, Borrow(part.bytes)});
  }
  if (const auto* options = reader.Part(control::kOptionsPart)) {
    ASSIGN_OR_RETURN(request.options,
                     control::ParseMetadata(options->bytes, control::kOptionsPart));
  }
  if (const auto* notes = reader.Part(control::kNotesPart)) request.options.notes = notes->bytes;
  ASSIGN_OR_RETURN(request.wish, ReadWish(reader));
  ASSIGN_OR_RETURN(request.fresh, ReadSwitch(reader, "fresh"));
  ASSIGN_OR_RETURN(request.dry_run, ReadSwitch(reader, "dry_run"));
  return request;
}

Json PushDocument(const control::PushResult& result) {
  Json document = VersionSummary(result.version);
  document["already_there"] = result.already_there;
  const bool rehearsed = !result.manifest.is_null();
  document["dry_run"] = rehearsed;
  document["task"] = model::Name(result.task);
  document["inferred"] = result.notes;
  document["compared_with"] = TextOrNull(result.chosen.compared_with);
  document["changes"] = ChangeList(result.chosen.changes);
  document["golden_requests"] = result.golden;
  document["files"] = FileList(result.index);
  if (rehearsed) document["manifest"] = result.manifest;
  return document;
}

namespace {

Result<ApiReply> AnswerPush(const ApiCall& call, const ManagementOperation::Deps& deps) {
  ASSIGN_OR_RETURN(const control::PushRequest request, ReadPush(call));
  control::PushModel push({.registry = deps.registry,
                           .backend = deps.backend,
                           .prober = deps.prober,
                           .program = deps.program});
  ASSIGN_OR_RETURN(const control::PushResult result, push.Run(request));
  return ApiReply{.status = result.already_there || request.dry_run ? 200 : 201,
                  .body = PushDocument(result)};
}

}  // namespace

const ManagementOperation kPush = {.row = {.name = "push",
                                           .verb = model::Verb::kPost,
                                           .path = "/api/v1/models/{name}/versions",
                                           .permission = model::Permission::kPush,
                                           .summary = "Register a version"},
                                   .answer = &AnswerPush};

}  // namespace moorage::management

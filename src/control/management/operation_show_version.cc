#include "control/management/operation_show_version.h"

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "foundation/model/manifest.h"

namespace moorage::management {

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Json VersionDocument(const control::VersionDetails& details) {
  Json document = VersionSummary(details.version);
  document["manifest"] = model::ToJson(details.manifest);
  document["files"] = FileList(details.index);
  document["checks"] = Embedded(details.version.checks);
  Json& evidence = document["evidence"] = Json::array();
  for (const registry::Evidence& one : details.evidence) {
    Json json = EvidenceDocument(one);
    json["report"] = Embedded(one.report);
    evidence.push_back(std::move(json));
  }
  return document;
}

namespace {

Result<ApiReply> AnswerShowVersion(const ApiCall& call, const ManagementOperation::Deps& deps) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(call.Parameter("name")));
  ASSIGN_OR_RETURN(const model::ModelRef ref, SelectorRef(name, call.Parameter("selector")));
  ASSIGN_OR_RETURN(const control::VersionDetails details,
                   control::RegistryQueries({.registry = deps.registry}).Version(ref));
  return Ok(VersionDocument(details));
}

}  // namespace

const ManagementOperation kShowVersion = {
    .row = {.name = "show_version",
            .verb = model::Verb::kGet,
            .path = "/api/v1/models/{name}/versions/{selector}",
            .permission = model::Permission::kRead,
            .summary = "One version with its manifest, files and evidence"},
    .answer = &AnswerShowVersion};

}  // namespace moorage::management

#include "control/management/operation_show_model.h"

#include "control/management/call_reader.h"
#include "control/management/documents.h"
#include "foundation/model/names.h"

namespace moorage::management {

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Json ModelDocument(const control::ModelDetails& details) {
  Json document = SummaryDocument(details.summary);
  Json& versions = document["versions"] = Json::array();
  for (const control::ModelDetails::Row& row : details.versions) {
    Json one = VersionSummary(row.version);
    one["validation"] = row.validation ? EvidenceDocument(*row.validation) : Json(nullptr);
    versions.push_back(std::move(one));
  }
  return document;
}

namespace {

Result<ApiReply> AnswerShowModel(const ApiCall& call, const ManagementOperation::Deps& deps) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(call.Parameter("name")));
  ASSIGN_OR_RETURN(const control::ModelDetails details,
                   control::RegistryQueries({.registry = deps.registry}).Model(name));
  return Ok(ModelDocument(details));
}

}  // namespace

const ManagementOperation kShowModel = {
    .row = {.name = "show_model",
            .verb = model::Verb::kGet,
            .path = "/api/v1/models/{name}",
            .permission = model::Permission::kRead,
            .summary = "One model with its versions and aliases"},
    .answer = &AnswerShowModel};

}  // namespace moorage::management

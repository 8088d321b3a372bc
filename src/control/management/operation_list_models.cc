#include "control/management/operation_list_models.h"

#include "control/management/call_reader.h"
#include "control/management/documents.h"
#include "control/queries/registry_queries.h"

namespace moorage::management {

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Json ModelsDocument(const std::vector<registry::ModelSummary>& models) {
  Json document;
  Json& list = document["models"] = Json::array();
  for (const registry::ModelSummary& summary : models) list.push_back(SummaryDocument(summary));
  return document;
}

namespace {

Result<ApiReply> AnswerListModels(const ApiCall& call, const ManagementOperation::Deps& deps) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const auto models,
                   control::RegistryQueries({.registry = deps.registry}).Models());
  return Ok(ModelsDocument(models));
}

}  // namespace

const ManagementOperation kListModels = {
    .row = {.name = "list_models",
            .verb = model::Verb::kGet,
            .path = "/api/v1/models",
            .permission = model::Permission::kRead,
            .summary = "Every model with its latest version and aliases"},
    .answer = &AnswerListModels};

}  // namespace moorage::management

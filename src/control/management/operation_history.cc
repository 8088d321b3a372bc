#include "control/management/operation_history.h"

#include <utility>

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "foundation/base/units.h"

namespace moorage::management {

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Result<HistoryQuestion> ReadHistory(const ApiCall& call) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"alias", "at"}));
  RETURN_IF_ERROR(reader.NoBody());
  HistoryQuestion question;
  ASSIGN_OR_RETURN(question.name, model::ParseModelName(call.Parameter("name")));
  if (const auto text = reader.Query("alias")) {
    ASSIGN_OR_RETURN(question.alias, model::ParseAlias(*text));
  }
  ASSIGN_OR_RETURN(question.at, ReadTime(reader, "at"));
  return question;
}

Json HistoryDocument(const model::ModelName& name, const std::vector<registry::AliasMove>& moves) {
  Json document;
  document["name"] = name.value();
  Json& list = document["moves"] = Json::array();
  for (const registry::AliasMove& move : moves) list.push_back(AliasMoveDocument(move));
  return document;
}

namespace {

Result<ApiReply> AnswerHistory(const ApiCall& call, const ManagementOperation::Deps& deps) {
  ASSIGN_OR_RETURN(const HistoryQuestion question, ReadHistory(call));
  // The history of a model that was never registered is an error, not an empty list.
  RETURN_IF_ERROR(deps.registry.Versions(question.name));
  if (!question.at) {
    ASSIGN_OR_RETURN(const auto moves, deps.registry.History(question.name, question.alias));
    return Ok(HistoryDocument(question.name, moves));
  }
  const model::Alias alias = question.alias.value_or(model::Alias("production"));
  ASSIGN_OR_RETURN(const model::SemVer version,
                   deps.registry.AliasAt(question.name, alias, *question.at));
  Json document;
  document["name"] = question.name.value();
  document["alias"] = alias.value();
  document["at"] = base::FormatTime(*question.at);
  document["version"] = version.text();
  return Ok(std::move(document));
}

}  // namespace

const ManagementOperation kHistory = {.row = {.name = "history",
                                              .verb = model::Verb::kGet,
                                              .path = "/api/v1/models/{name}/history",
                                              .permission = model::Permission::kRead,
                                              .summary = "Every move of a model's aliases"},
                                      .answer = &AnswerHistory};

}  // namespace moorage::management

#include "control/management/operation_rollback.h"

#include <string>

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "foundation/model/names.h"

namespace moorage::management {

using base::Result;
using json::JsonReader;
using model::ApiCall;
using model::ApiReply;

Result<registry::Rollback> ReadRollback(const ApiCall& call) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({}));
  ASSIGN_OR_RETURN(const JsonReader body, reader.OnlyBody({"to", "reason", "expected"}));
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(call.Parameter("name")));
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(call.Parameter("alias")));
  ASSIGN_OR_RETURN(const auto to, OptionalVersion(body, "to"));
  ASSIGN_OR_RETURN(const std::string reason, OptionalText(body, "reason"));
  ASSIGN_OR_RETURN(const auto expected, ReadExpected(body));
  return registry::Rollback{.name = name,
                            .alias = alias,
                            .to = to,
                            .actor = call.actor,
                            .reason = reason,
                            .expected = expected,
                            .cancel = call.cancel};
}

namespace {

Result<ApiReply> AnswerRollback(const ApiCall& call, const ManagementOperation::Deps& deps) {
  ASSIGN_OR_RETURN(const registry::Rollback rollback, ReadRollback(call));
  ASSIGN_OR_RETURN(const registry::Moved moved,
                   control::RollBack({.registry = deps.registry}).Run(rollback));
  return Ok(MoveDocument(moved));
}

}  // namespace

const ManagementOperation kRollback = {
    .row = {.name = "rollback",
            .verb = model::Verb::kPost,
            .path = "/api/v1/models/{name}/aliases/{alias}/rollback",
            .permission = model::Permission::kPromote,
            .summary = "Point an alias back to where it was before",
            .alias_effect = model::AliasEffect::kMoves},
    .answer = &AnswerRollback};

}  // namespace moorage::management

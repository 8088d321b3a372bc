#include "control/management/operation_promote.h"

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

Result<control::PromoteRequest> ReadPromote(const ApiCall& call) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({}));
  ASSIGN_OR_RETURN(const JsonReader body,
                   reader.OnlyBody({"version", "expected", "force", "reason"}));
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(call.Parameter("name")));
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(call.Parameter("alias")));
  ASSIGN_OR_RETURN(const JsonReader member, body.Member("version"));
  ASSIGN_OR_RETURN(const std::string selector, member.String());
  auto ref = SelectorRef(name, selector);
  if (!ref.ok()) return member.Problem(ref.error().message);
  ASSIGN_OR_RETURN(const auto expected, ReadExpected(body));
  ASSIGN_OR_RETURN(const bool force, ReadFlag(body, "force"));
  ASSIGN_OR_RETURN(const std::string reason, OptionalText(body, "reason"));
  return control::PromoteRequest{
      .ref = *ref,
      .alias = alias,
      .expected = expected,
      .rule = force ? registry::EvidenceRule::kWaived : registry::EvidenceRule::kRequired,
      .reason = reason,
      .actor = call.actor,
      .cancel = call.cancel};
}

namespace {

Result<ApiReply> AnswerPromote(const ApiCall& call, const ManagementOperation::Deps& deps) {
  ASSIGN_OR_RETURN(const control::PromoteRequest request, ReadPromote(call));
  ASSIGN_OR_RETURN(const registry::Moved moved,
                   control::Promote({.registry = deps.registry,
                                     .engine = deps.program + ", " + deps.backend.version()})
                       .Run(request));
  return Ok(MoveDocument(moved));
}

}  // namespace

const ManagementOperation kPromote = {.row = {.name = "promote",
                                              .verb = model::Verb::kPut,
                                              .path = "/api/v1/models/{name}/aliases/{alias}",
                                              .permission = model::Permission::kPromote,
                                              .summary = "Point an alias to a version",
                                              .alias_effect = model::AliasEffect::kMoves},
                                      .answer = &AnswerPromote};

}  // namespace moorage::management

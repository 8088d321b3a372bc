#include "control/management/operation_alias_rule.h"

#include <string>
#include <utility>

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "foundation/base/units.h"
#include "foundation/model/names.h"

namespace moorage::management {

using base::Result;
using json::Json;
using json::JsonReader;
using model::ApiCall;
using model::ApiReply;

namespace {

base::Status ReadProof(const JsonReader& body, control::RuleRequest& request) {
  const auto member = body.Find("proof");
  if (!member) return {};
  ASSIGN_OR_RETURN(const std::string text, member->String());
  if (text != "none" && text != "pass") return member->Problem("must be none or pass");
  request.proof = text == "none" ? registry::ProofNeeded::kNone : registry::ProofNeeded::kPass;
  return {};
}

base::Status ReadBounds(const JsonReader& body, control::RuleRequest& request) {
  if (const auto member = body.Find("fewest_rows")) {
    ASSIGN_OR_RETURN(const std::int64_t rows, member->Integer(0));
    request.fewest_rows = static_cast<std::uint64_t>(rows);
  }
  if (const auto member = body.Find("fresh_for")) {
    // No limit is written null, and 0s in the request of the use case.
    request.fresh_for = base::Duration::zero();
    if (member->value().is_null()) return {};
    ASSIGN_OR_RETURN(const std::string text, member->String());
    auto duration = base::ParseDuration(text);
    if (!duration.ok()) return member->Problem(duration.error().message);
    request.fresh_for = *duration;
  }
  return {};
}

base::Status ReadAgainst(const JsonReader& body, control::RuleRequest& request) {
  const auto member = body.Find("baseline");
  if (!member) return {};
  ASSIGN_OR_RETURN(const std::string text, member->String());
  if (text != "current" && text != "any") return member->Problem("must be current or any");
  request.against_current = text == "current";
  return {};
}

}  // namespace

Result<RuleOrder> ReadRuleOrder(const ApiCall& call) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({}));
  ASSIGN_OR_RETURN(const JsonReader body,
                   reader.OnlyBody({"standard", "policy", "proof", "fewest_rows", "fresh_for",
                                    "baseline", "reason"}));
  RuleOrder order;
  control::RuleRequest& request = order.request;
  ASSIGN_OR_RETURN(request.name, model::ParseModelName(call.Parameter("name")));
  ASSIGN_OR_RETURN(request.alias, model::ParseAlias(call.Parameter("alias")));
  ASSIGN_OR_RETURN(request.standard, ReadFlag(body, "standard"));
  RETURN_IF_ERROR(ReadProof(body, request));
  RETURN_IF_ERROR(ReadBounds(body, request));
  RETURN_IF_ERROR(ReadAgainst(body, request));
  ASSIGN_OR_RETURN(request.reason, OptionalText(body, "reason"));
  request.actor = call.actor;
  if (const auto member = body.Find("policy")) {
    const Json& policy = member->value();
    if (!policy.is_object() && !policy.is_string()) {
      return member->Problem("must be a policy, or its text");
    }
    order.policy = policy.is_string() ? policy.get<std::string>() : json::ToText(policy);
  }
  return order;
}

namespace {

Result<ApiReply> AnswerShowAliasRule(const ApiCall& call, const ManagementOperation::Deps& deps) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(call.Parameter("name")));
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(call.Parameter("alias")));
  ASSIGN_OR_RETURN(const registry::AliasRule rule,
                   control::AliasRules({.registry = deps.registry}).Read(name, alias));
  return Ok(RuleDocument(name, alias, rule));
}

Result<ApiReply> AnswerSetAliasRule(const ApiCall& call, const ManagementOperation::Deps& deps) {
  ASSIGN_OR_RETURN(RuleOrder order, ReadRuleOrder(call));
  if (!order.policy.empty()) order.request.policy = order.policy;
  ASSIGN_OR_RETURN(const registry::AliasRule rule,
                   control::AliasRules({.registry = deps.registry}).Set(order.request));
  return Ok(RuleDocument(order.request.name, order.request.alias, rule));
}

}  // namespace

const ManagementOperation kShowAliasRule = {
    .row = {.name = "show_alias_rule",
            .verb = model::Verb::kGet,
            .path = "/api/v1/models/{name}/aliases/{alias}/rule",
            .permission = model::Permission::kRead,
            .summary = "What a version must show before the alias points to it"},
    .answer = &AnswerShowAliasRule};

// The right to promote is not the right to change what a promotion asks for.
const ManagementOperation kSetAliasRule = {
    .row = {.name = "set_alias_rule",
            .verb = model::Verb::kPut,
            .path = "/api/v1/models/{name}/aliases/{alias}/rule",
            .permission = model::Permission::kAdmin,
            .summary = "Set what a version must show before the alias points to it"},
    .answer = &AnswerSetAliasRule};

}  // namespace moorage::management

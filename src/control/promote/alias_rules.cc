#include "control/promote/alias_rules.h"

#include <utility>

#include "control/promote/standard_policies.h"
#include "domain/evaluation/policy.h"
#include "platform/config/config.h"

namespace moorage::control {

using base::Code;
using base::Error;
using base::Result;
using registry::AliasRule;

Result<AliasRule> AliasRules::Read(const model::ModelName& name, const model::Alias& alias) {
  // The rule of a misspelt model would look strict and protect nothing.
  RETURN_IF_ERROR(deps_.registry.Versions(name));
  ASSIGN_OR_RETURN(std::optional<AliasRule> set, deps_.registry.Rule(name, alias));
  return set ? *std::move(set) : registry::StandardRule(alias, StandardPolicies());
}

Result<AliasRule> AliasRules::Set(const RuleRequest& request) {
  const std::string context = "rule of " + request.name.value() + "@" + request.alias.value();
  registry::RuleChange change{.name = request.name,
                              .alias = request.alias,
                              .rule = std::nullopt,
                              .standard_policies = StandardPolicies(),
                              .actor = request.actor,
                              .reason = request.reason};
  const bool any = request.policy || request.proof || request.fewest_rows || request.fresh_for ||
                   request.against_current;
  if (request.standard == any) {
    return Error{Code::kInvalid, context + (any ? ": the standard rule stands alone"
                                                : ": nothing is said that changes it")};
  }
  if (request.standard) return deps_.registry.SetRule(change);
  ASSIGN_OR_RETURN(AliasRule rule, base::Annotate(context, Read(request.name, request.alias)));
  // A member of a rule is said because a validation is wanted.
  if (!request.proof) rule.proof = registry::ProofNeeded::kPass;
  if (request.proof) rule.proof = *request.proof;
  if (request.policy) {
    // JSON is YAML too.
    ASSIGN_OR_RETURN(const json::Json json,
                     base::Annotate(context, config::YamlToJson(*request.policy, "policy")));
    ASSIGN_OR_RETURN(const evaluation::Policy policy,
                     base::Annotate(context, evaluation::PolicyFromJson(json)));
    rule.policies = {policy.digest()};
    rule.policy_text = policy.CanonicalText();
  }
  if (rule.policies.empty()) rule.policies = StandardPolicies();
  if (request.fewest_rows) rule.fewest_rows = *request.fewest_rows;
  if (request.fresh_for) rule.fresh_for = *request.fresh_for;
  if (rule.fresh_for == base::Duration::zero()) rule.fresh_for.reset();
  if (request.against_current) rule.against_current = *request.against_current;
  change.rule = std::move(rule);
  return deps_.registry.SetRule(change);
}

}  // namespace moorage::control

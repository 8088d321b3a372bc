#include "control/promote/promote.h"

#include "control/promote/standard_policies.h"

namespace moorage::control {

base::Result<registry::Moved> Promote::Run(const PromoteRequest& request) {
  const std::string context =
      "promote " + model::Format(request.ref) + " to " + request.alias.value();
  // Checked before the version is looked up, so that the caller learns first what it must add.
  if (registry::LacksReason(request.rule, request.reason)) {
    return base::Error{.code = base::Code::kInvalid,
                       .message = context + ": force needs a reason, which the audit log will show",
                       .details = {{"reason", "missing"}},
                       .remedy = base::Remedy{base::RemedyKind::kGiveReason}};
  }
  ASSIGN_OR_RETURN(const registry::ModelVersion version, deps_.registry.Resolve(request.ref));
  return deps_.registry.Promote({.name = version.name,
                                 .to = version.version,
                                 .alias = request.alias,
                                 .actor = request.actor,
                                 .reason = request.reason,
                                 .rule = request.rule,
                                 .expected = request.expected,
                                 .standard_policies = StandardPolicies(),
                                 .engine = deps_.engine,
                                 .cancel = request.cancel});
}

}  // namespace moorage::control

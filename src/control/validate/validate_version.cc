#include "control/validate/validate_version.h"

#include <utility>

#include "control/promote/standard_policies.h"
#include "domain/evaluation/evaluate.h"
#include "domain/evaluation/gate_runner.h"
#include "domain/evaluation/gates/standard_gates.h"
#include "foundation/json/json.h"
#include "platform/config/config.h"

namespace moorage::control {
namespace {

using base::Code;
using base::Result;

// `--baseline staging` reads as a model of that name. The message shows how an alias is written.
base::Error WithHint(base::Error error, const model::ModelRef& ref,
                     const registry::ModelVersion& candidate) {
  if (error.code == Code::kNotFound && ref.name != candidate.name) {
    error.message += "; an alias of " + candidate.name.value() + " is written " +
                     candidate.name.value() + "@ALIAS";
  }
  return error;
}

evaluation::PolicySource SourceOf(const ValidateRequest& request, const evaluation::Policy& policy,
                                  const model::Artifact& artifact) {
  if (request.policy) return evaluation::PolicySource::kGiven;
  return policy == evaluation::DefaultPolicy(artifact.manifest.task)
             ? evaluation::PolicySource::kDefault
             : evaluation::PolicySource::kRule;
}

evaluation::ValidatedVersion Named(const registry::ModelVersion& version) {
  return {version.name.value(), version.version.text(), version.artifact};
}

}  // namespace

Result<evaluation::Policy> ValidateVersion::ReadPolicy(const model::ModelName& name,
                                                       const ValidateRequest& request,
                                                       model::Task task) {
  std::string text;
  if (request.policy) {
    text = *request.policy;
  } else {
    ASSIGN_OR_RETURN(const auto rule, deps_.registry.Rule(name, request.alias));
    if (!rule || rule->policy_text.empty()) return evaluation::DefaultPolicy(task);
    text = rule->policy_text;
  }
  // JSON is YAML too.
  ASSIGN_OR_RETURN(const json::Json json, config::YamlToJson(text, "policy"));
  return evaluation::PolicyFromJson(json);
}

Result<ValidateVersion::Measured> ValidateVersion::Measure(const registry::ModelVersion& version,
                                                           const model::Artifact& artifact,
                                                           const ValidateRequest& request) {
  // The session ends with this function, so the candidate and the baseline are never loaded at the
  // same time.
  RETURN_IF_ERROR(request.cancel.Check());
  ASSIGN_OR_RETURN(const auto session, deps_.backend.Open(artifact));
  RETURN_IF_ERROR(request.cancel.Check());
  ASSIGN_OR_RETURN(const evaluation::Dataset dataset,
                   evaluation::Dataset::FromCsv(request.data, artifact.manifest,
                                                {.target = request.target,
                                                 .ignored = request.ignored,
                                                 .limits = {},
                                                 .cancel = request.cancel}));
  ASSIGN_OR_RETURN(evaluation::Evaluation evaluation,
                   evaluation::Evaluate(*session, artifact.manifest, dataset, deps_.clock,
                                        {.score = {.cancel = request.cancel}}));
  return Measured{version, std::move(evaluation)};
}

Result<ValidateVersion::Baseline> ValidateVersion::MeasureBaseline(
    const registry::ModelVersion& candidate, const ValidateRequest& request) {
  if (std::holds_alternative<NoBaseline>(request.baseline)) return Baseline{};
  const auto* named = std::get_if<model::ModelRef>(&request.baseline);
  const model::ModelRef ref =
      named != nullptr ? *named : model::ModelRef{candidate.name, request.alias};
  auto version = deps_.registry.Resolve(ref);
  if (!version.ok()) {
    // Before the first promotion there is no baseline. One that the user names must be there.
    if (named == nullptr && version.error().code == Code::kNotFound) return Baseline{};
    return base::Annotate("baseline", WithHint(std::move(version).error(), ref, candidate));
  }
  // The candidate is in production. A comparison with itself would show nothing.
  if (named == nullptr && version->artifact == candidate.artifact) return Baseline{};
  ASSIGN_OR_RETURN(const model::Artifact artifact, deps_.registry.LoadArtifact(*version));
  auto measured = Measure(*version, artifact, request);
  if (measured.ok()) return Baseline{.measured = *std::move(measured)};
  const Code code = measured.error().code;
  // The data was right for the candidate, so the baseline is of another shape.
  if (named == nullptr && (code == Code::kInvalid || code == Code::kUnsupported)) {
    return Baseline{.not_compared = registry::Format(version->name, version->version) +
                                    ", which is in " + request.alias.value() +
                                    ", cannot be measured on this data (" +
                                    measured.error().message + ")"};
  }
  return base::Annotate("baseline " + model::Format(ref), std::move(measured).error());
}

Result<ValidateResult> ValidateVersion::Run(const ValidateRequest& request) {
  const std::string context = "validate " + model::Format(request.ref);
  const base::Time started = deps_.clock.Now();
  ASSIGN_OR_RETURN(const registry::ModelVersion version, deps_.registry.Resolve(request.ref));
  ASSIGN_OR_RETURN(const model::Artifact artifact, deps_.registry.LoadArtifact(version));
  // What no data and no policy can change is found first.
  RETURN_IF_ERROR(base::Annotate(context, evaluation::CheckMeasurable(artifact.manifest)));
  ASSIGN_OR_RETURN(
      const evaluation::Policy policy,
      base::Annotate(context, ReadPolicy(version.name, request, artifact.manifest.task)));
  // A mistake in the policy is found before the run, which may take minutes.
  RETURN_IF_ERROR(base::Annotate(context, evaluation::LintPolicy(policy, artifact.manifest)));
  ASSIGN_OR_RETURN(Measured candidate,
                   base::Annotate(context, Measure(version, artifact, request)));
  ASSIGN_OR_RETURN(Baseline compared, base::Annotate(context, MeasureBaseline(version, request)));
  const std::optional<Measured>& baseline = compared.measured;
  RETURN_IF_ERROR(request.cancel.Check());

  evaluation::ValidationReport report{.candidate = Named(version),
                                      .baseline = std::nullopt,
                                      .not_compared = std::move(compared.not_compared),
                                      .evaluation = std::move(candidate.evaluation),
                                      .policy = policy,
                                      .policy_source = SourceOf(request, policy, artifact),
                                      .verdict = {},
                                      .engine = deps_.program + ", " + deps_.backend.version(),
                                      .started = started};
  if (baseline) report.baseline = {Named(baseline->version), baseline->evaluation.metrics};
  report.verdict = evaluation::RunGates(evaluation::StandardGates(),
                                        {.policy = report.policy,
                                         .candidate = report.evaluation,
                                         .baseline = baseline ? &baseline->evaluation : nullptr,
                                         .not_compared = report.not_compared});

  registry::Evidence evidence{.id = 0,
                              .name = version.name,
                              .version = version.version,
                              .artifact = version.artifact,
                              .kind = std::string(registry::kValidateEvidence),
                              .outcome = report.verdict.outcome,
                              .dataset = report.evaluation.dataset,
                              .rows = report.evaluation.rows,
                              .policy = policy.digest(),
                              .baseline = std::nullopt,
                              .engine = report.engine,
                              .created = {},
                              .actor = request.actor,
                              .report = json::ToText(evaluation::ToJson(report))};
  if (baseline) evidence.baseline = baseline->version.artifact;
  // A FAIL is stored as well. It is then the newest evidence, and an earlier PASS no longer
  // promotes.
  ASSIGN_OR_RETURN(registry::Evidence stored,
                   deps_.registry.RecordEvidence(std::move(evidence), request.cancel));
  ASSIGN_OR_RETURN(registry::RuleVerdict rule,
                   deps_.registry.JudgePromotion({.name = version.name,
                                                  .to = version.version,
                                                  .alias = request.alias,
                                                  .actor = request.actor,
                                                  .reason = {},
                                                  .expected = std::nullopt,
                                                  .standard_policies = StandardPolicies()}));
  return ValidateResult{std::move(report), std::move(stored), std::move(rule)};
}

}  // namespace moorage::control

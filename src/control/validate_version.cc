#include "control/validate_version.h"

#include <utility>

#include "control/config/config.h"
#include "domain/evaluation/evaluate.h"
#include "domain/evaluation/gate_runner.h"
#include "domain/evaluation/gates/standard_gates.h"
#include "foundation/model/json.h"

namespace moorage::control {
namespace {

using base::Code;
using base::Result;

Result<evaluation::Policy> ReadPolicy(const ValidateRequest& request, model::Task task) {
  if (!request.policy) return evaluation::DefaultPolicy(task);
  // JSON is YAML too.
  ASSIGN_OR_RETURN(const model::Json json, YamlToJson(*request.policy, "policy"));
  return base::Annotate("policy", evaluation::PolicyFromJson(json));
}

registry::Outcome Stored(evaluation::Outcome outcome) {
  switch (outcome) {
    case evaluation::Outcome::kPass:
      return registry::Outcome::kPass;
    case evaluation::Outcome::kFail:
      return registry::Outcome::kFail;
    case evaluation::Outcome::kInconclusive:
      return registry::Outcome::kInconclusive;
    case evaluation::Outcome::kError:
      break;
  }
  return registry::Outcome::kError;
}

evaluation::ValidatedVersion Named(const registry::ModelVersion& version) {
  return {version.name.value(), version.version.text(), version.artifact};
}

}  // namespace

Result<ValidateVersion::Measured> ValidateVersion::Measure(const registry::ModelVersion& version,
                                                           const model::Artifact& artifact,
                                                           const ValidateRequest& request) {
  ASSIGN_OR_RETURN(const auto session, deps_.backend.Open(artifact));
  ASSIGN_OR_RETURN(const evaluation::Dataset dataset,
                   evaluation::Dataset::FromCsv(
                       request.data, artifact.manifest,
                       {.target = request.target, .ignored = request.ignored, .limits = {}}));
  ASSIGN_OR_RETURN(evaluation::Evaluation evaluation,
                   evaluation::Evaluate(*session, artifact.manifest, dataset, deps_.clock));
  return Measured{version, std::move(evaluation)};
}

Result<std::optional<ValidateVersion::Measured>> ValidateVersion::MeasureBaseline(
    const registry::ModelVersion& candidate, const ValidateRequest& request) {
  if (std::holds_alternative<NoBaseline>(request.baseline)) return std::optional<Measured>();
  const auto* named = std::get_if<model::ModelRef>(&request.baseline);
  const model::ModelRef ref =
      named != nullptr ? *named : model::ModelRef{candidate.name, model::Alias("production")};
  auto version = deps_.registry.Resolve(ref);
  if (!version.ok()) {
    if (named == nullptr && version.error().code == Code::kNotFound) {
      return std::optional<Measured>();
    }
    return base::Annotate("baseline", std::move(version).error());
  }
  if (named == nullptr && version->artifact == candidate.artifact) return std::optional<Measured>();
  ASSIGN_OR_RETURN(const model::Artifact artifact, deps_.registry.LoadArtifact(*version));
  auto measured = Measure(*version, artifact, request);
  if (measured.ok()) return std::optional<Measured>(*std::move(measured));
  const Code code = measured.error().code;
  // The data was right for the candidate, so the baseline is of another shape.
  if (named == nullptr && (code == Code::kInvalid || code == Code::kUnsupported)) {
    return std::optional<Measured>();
  }
  return base::Annotate("baseline " + model::Format(ref), std::move(measured).error());
}

Result<ValidateResult> ValidateVersion::Run(const ValidateRequest& request) {
  const std::string context = "validate " + model::Format(request.ref);
  const base::Time started = deps_.clock.Now();
  ASSIGN_OR_RETURN(const registry::ModelVersion version, deps_.registry.Resolve(request.ref));
  ASSIGN_OR_RETURN(const model::Artifact artifact, deps_.registry.LoadArtifact(version));
  ASSIGN_OR_RETURN(const evaluation::Policy policy,
                   base::Annotate(context, ReadPolicy(request, artifact.manifest.task)));
  RETURN_IF_ERROR(
      base::Annotate(context + ": policy", evaluation::LintPolicy(policy, artifact.manifest)));
  ASSIGN_OR_RETURN(Measured candidate,
                   base::Annotate(context, Measure(version, artifact, request)));
  ASSIGN_OR_RETURN(const std::optional<Measured> baseline,
                   base::Annotate(context, MeasureBaseline(version, request)));

  evaluation::ValidationReport report{.candidate = Named(version),
                                      .baseline = std::nullopt,
                                      .evaluation = std::move(candidate.evaluation),
                                      .policy = policy,
                                      .policy_source = request.policy
                                                           ? evaluation::PolicySource::kGiven
                                                           : evaluation::PolicySource::kDefault,
                                      .verdict = {},
                                      .engine = deps_.backend.version(),
                                      .started = started};
  if (baseline) report.baseline = {Named(baseline->version), baseline->evaluation.metrics};
  report.verdict = evaluation::RunGates(evaluation::StandardGates(),
                                        {.policy = report.policy,
                                         .candidate = report.evaluation,
                                         .baseline = baseline ? &baseline->evaluation : nullptr});

  registry::Evidence evidence{.id = 0,
                              .name = version.name,
                              .version = version.version,
                              .artifact = version.artifact,
                              .kind = std::string(registry::kValidateEvidence),
                              .outcome = Stored(report.verdict.outcome),
                              .dataset = report.evaluation.dataset,
                              .rows = report.evaluation.rows,
                              .policy = policy.digest(),
                              .baseline = std::nullopt,
                              .engine = report.engine,
                              .created = {},
                              .actor = request.actor,
                              .report = model::ToText(evaluation::ToJson(report))};
  if (baseline) evidence.baseline = baseline->version.artifact;
  ASSIGN_OR_RETURN(registry::Evidence stored, deps_.registry.RecordEvidence(std::move(evidence)));
  return ValidateResult{std::move(report), std::move(stored)};
}

}  // namespace moorage::control

#include "domain/serving/servable/probe.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "domain/serving/servable/answer_judge.h"
#include "domain/serving/servable/data_dependence.h"
#include "domain/serving/servable/row_proof.h"
#include "domain/serving/servable/row_run.h"
#include "domain/serving/servable/trial_runs.h"

namespace moorage::servable {
namespace {

// The repetitions of all measurements together.
constexpr base::Duration kMeasureBudget = std::chrono::milliseconds(40);
// The runs of rows alone.
constexpr base::Duration kAloneBudget = std::chrono::milliseconds(500);
// The cost of a model whose trial runs all failed. It is too expensive for a reactor.
constexpr base::Duration kUnknownCost = std::chrono::milliseconds(10);
// The size of free inner dimensions at which the cost is measured once more.
constexpr std::int64_t kLargerInner = 256;

// The straight line through two measured points. Where it would fall, both parts stay positive.
RunCost LineThrough(base::Duration one, std::size_t rows, base::Duration many) {
  if (rows <= 1 || many <= one) return {.fixed = one, .per_row = base::Duration{0}};
  const base::Duration per_row = (many - one) / static_cast<long>(rows - 1);
  return {.fixed = std::max(base::Duration{0}, one - per_row), .per_row = per_row};
}

// The line through 1 row and a full batch, or through 8 rows where the budget does not allow a full
// batch.
void MeasureShared(TrialRuns& trial, std::size_t batch_size, ProbeReport& report) {
  base::Duration left = kMeasureBudget;
  const base::Duration one = trial.Measure(1, left).value_or(trial.median());
  report.costs.push_back({.rows = 1, .elements = trial.elements(), .time = one});
  report.cost = {.fixed = one, .per_row = base::Duration{0}};
  for (const std::size_t rows :
       std::set<std::size_t>{std::min<std::size_t>(8, batch_size),
                             std::min<std::size_t>(32, batch_size), batch_size}) {
    if (rows <= 1 || left.count() <= 0) break;
    const auto many = trial.Measure(rows, left);
    if (!many) break;
    report.costs.push_back({.rows = rows, .elements = trial.elements(), .time = *many});
    report.cost = LineThrough(one, rows, *many);
  }
}

// A model of a fixed batch takes as long for one row as for all, so a row costs its share.
void MeasureAlone(const Servable& servable, TrialRuns& trial, ProbeReport& report) {
  base::Duration left = kMeasureBudget;
  const base::Duration run = trial.Measure(1, left).value_or(trial.median());
  const std::size_t rows = std::max<std::size_t>(RowsPerRun(servable, 1).most, 1);
  report.costs.push_back({.rows = rows, .elements = trial.elements(), .time = run});
  report.cost = {.fixed = {}, .per_row = run / static_cast<long>(rows)};
}

// Sets sharing, its detail and its proof.
void JudgeSharing(const Servable& servable, const ProbeOptions& options, TrialRuns& trial,
                  const base::Clock& clock, ProbeReport& report) {
  if (!servable.session->signature().batchable()) {
    report.sharing = RowSharing::kFixed;
    report.sharing_detail = "the signature does not let the number of rows vary";
    return;
  }
  // The owner of the model knows more than any trial.
  if (servable.manifest.batchable == false) {
    report.sharing = RowSharing::kForbidden;
    report.sharing_detail = "the manifest has batchable: false";
    return;
  }
  if (options.step) options.step("a run of several rows");
  ProofVerdict verdict = ProveSharing(*servable.session, *trial.rows(), trial.solo(),
                                      trial.median(), {.batch_size = options.batch_size}, clock);
  report.sharing = verdict.sharing;
  report.sharing_detail = std::move(verdict.detail);
  report.proof = std::move(verdict.proof);
  if (report.sharing != RowSharing::kProved) {
    report.note = "requests do not share runs: " + report.sharing_detail;
  }
}

}  // namespace

ProbeReport Probe(const Servable& servable, const ProbeOptions& options, const base::Clock& clock) {
  ProbeReport report;
  report.batch_size = options.batch_size;
  report.data_dependent =
      ListDataDependence(servable.session->graph(), servable.session->signature());
  TrialRuns trial(servable, options, clock);
  const base::Status ran = trial.RunAlone(kAloneBudget);
  report.findings = JudgeAnswers(servable.manifest, trial.Answers());
  if (!ran.ok()) {
    report.cost = {.fixed = kUnknownCost, .per_row = base::Duration{0}};
    report.sharing_detail = "no trial run succeeded";
    report.note = "the trial run failed, so its runs are not shared: " + ran.error().message;
    return report;
  }
  report.deterministic = trial.deterministic();
  report.finite = trial.solo().finite();
  report.output_row = trial.solo().bytes_per_row();
  report.outputs = trial.solo().Ranges();
  JudgeSharing(servable, options, trial, clock, report);
  if (report.batchable()) {
    MeasureShared(trial, options.batch_size, report);
  } else {
    MeasureAlone(servable, trial, report);
  }
  if (const auto larger = trial.MeasureInner(kLargerInner)) report.costs.push_back(*larger);
  return report;
}

}  // namespace moorage::servable

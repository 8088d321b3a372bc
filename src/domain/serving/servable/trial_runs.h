#pragma once

// Runs trial rows of one version and measures them. Where requests give rows, they run as a served
// request does. One thread.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/serving/servable/answer_judge.h"
#include "domain/serving/servable/probe.h"
#include "domain/serving/servable/probe_rows.h"
#include "domain/serving/servable/servable.h"
#include "domain/serving/servable/solo_answers.h"
#include "foundation/base/clock.h"

namespace moorage::servable {

class TrialRuns {
 public:
  TrialRuns(const Servable& servable, const ProbeOptions& options, const base::Clock& clock);

  // Runs rows alone until `budget` is spent, and the first four twice. The first four run once
  // within 2 s, whatever the budget. Returns the error of the first row where none ran.
  base::Status RunAlone(base::Duration budget);
  SoloAnswers& solo() { return solo_; }
  // What RunAlone() has run, with answers that are valid until more rows run.
  std::vector<TrialRow> Answers() const;
  bool deterministic() const { return deterministic_; }
  base::Duration first() const { return first_; }  // the time of the very first run
  base::Duration median() const;                   // of the later runs, if there are any

  // The median time of repeated runs of so many rows. Takes what it needs from `left`.
  std::optional<base::Duration> Measure(std::size_t rows, base::Duration& left);

  // What one row costs whose free inner dimensions are `inner`. Nothing for models without them.
  std::optional<CostPoint> MeasureInner(std::int64_t inner);

  // Null where the model takes neither rows nor tensors of one form.
  ProbeRows* rows() { return rows_ ? &*rows_ : nullptr; }
  std::size_t elements() const;

 private:
  void MakeRows(std::int64_t inner);
  base::Result<base::Duration> RunOne(std::size_t row);
  base::Result<runtime::Outputs> Run(std::size_t row);
  void Step(std::size_t row);
  RowKind KindOf(std::size_t row) const { return rows_ ? rows_->kind(row) : RowKind::kZeros; }

  const Servable& servable_;
  const ProbeOptions& options_;
  const base::Clock& clock_;
  // True if the signature lets rows share a run.
  const bool shareable_;
  std::optional<ProbeRows> rows_;
  std::vector<model::Tensor> zeros_;  // where there are no rows
  SoloAnswers solo_;
  std::vector<TrialRow> failures_;
  bool deterministic_ = true;
  base::Duration first_{0};
  std::vector<base::Duration> times_;
};

}  // namespace moorage::servable

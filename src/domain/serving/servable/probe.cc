#include "domain/serving/servable/probe.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "domain/serving/servable/row_buffers.h"
#include "domain/serving/servable/row_run.h"
#include "foundation/rows/json_row.h"

namespace moorage::servable {
namespace {

// A model whose runs take longer is not probed further.
constexpr base::Duration kExpensive = std::chrono::milliseconds(50);
// All repetitions together, and their number per batch size.
constexpr base::Duration kBudget = std::chrono::milliseconds(40);
constexpr std::size_t kRepetitions = 7;
// The cost of a model that failed its probe. It is too expensive for a reactor.
constexpr base::Duration kUnknownCost = std::chrono::milliseconds(10);
// No dimension of a probe is made larger than this.
constexpr std::int64_t kOther = 1;

// Tensors of zeros and empty strings. A variable first dimension is `rows`, any other is 1.
std::vector<model::Tensor> ZeroTensors(const model::Signature& signature, std::size_t rows) {
  std::vector<model::Tensor> tensors;
  for (const model::TensorSpec& spec : signature.inputs) {
    model::Tensor& tensor = tensors.emplace_back();
    tensor.type = spec.type;
    if (spec.optional) continue;
    std::size_t elements = 1;
    for (std::size_t i = 0; i < spec.shape.size(); ++i) {
      const std::int64_t wanted = i == 0 ? static_cast<std::int64_t>(rows) : kOther;
      tensor.shape.push_back(spec.shape[i] < 0 ? wanted : spec.shape[i]);
      elements *= static_cast<std::size_t>(tensor.shape.back());
    }
    if (spec.type == model::DataType::kBytes) {
      tensor.strings.resize(elements);
    } else {
      tensor.bytes.resize(elements * model::ElementSize(spec.type));
    }
  }
  return tensors;
}

// One trial run after the other, and how long each took.
class Trial {
 public:
  Trial(const Servable& servable, const base::Clock& clock) : servable_(servable), clock_(clock) {
    if (!servable.layout.ok()) return;
    rows_.emplace(RowForm::Of(servable.session->signature(), *servable.layout));
    const std::vector<model::GoldenRequest>& golden = servable.manifest.golden;
    rows_->AddZero();
    // A golden request has values that the model is made for. Zeros may take another path through
    // it.
    if (golden.empty()) return;
    rows_->Clear();
    const rows::RowTarget row = rows_->Add();
    if (!rows::StoreJsonRow(*servable.layout, row, golden.front().features, "golden").ok()) {
      rows_->Clear();
      rows_->AddZero();
    }
  }

  // Outputs with another first dimension than `rows` are kInternal if `follow`.
  base::Result<base::Duration> Run(std::size_t rows, bool follow) {
    std::vector<model::Tensor> tensors;
    std::vector<model::TensorView> views;
    if (rows_) {
      while (rows_->rows() < rows) CopyFirstRow();
    } else {
      tensors = ZeroTensors(servable_.session->signature(), rows);
      for (const model::Tensor& tensor : tensors) views.push_back(tensor.view());
    }
    // RunOverRows() slices and fills up as a served run does. Only the session itself shows whether
    // it takes so many rows at once.
    const base::Instant start = clock_.Monotonic();
    const auto outputs =
        rows_ && !follow
            ? RunOverRows(servable_, *rows_, 0, rows, wanted(), rows, nullptr)
            : servable_.session->Run(rows_ ? rows_->Views(0, rows) : views, wanted(), nullptr);
    const base::Duration took = clock_.Monotonic() - start;
    if (!outputs.ok()) return outputs.error();
    if (follow && !FollowsRows(outputs->tensors(), rows)) {
      return base::Error{base::Code::kInternal, "its outputs do not follow the rows of its inputs"};
    }
    return took;
  }

 private:
  // All outputs, so that the first dimension of every one is seen.
  static std::span<const std::size_t> wanted() { return {}; }

  void CopyFirstRow() {
    RowBuffers copy(rows_->form());
    copy.Append(*rows_, 0, 1);
    rows_->Append(copy, 0, 1);
  }

  const Servable& servable_;
  const base::Clock& clock_;
  std::optional<RowBuffers> rows_;
};

// The straight line through two measured points. Where it would fall, both parts stay positive.
RunCost LineThrough(base::Duration one, std::size_t rows, base::Duration many) {
  if (rows <= 1 || many <= one) return {.fixed = one, .per_row = base::Duration{0}};
  const base::Duration per_row = (many - one) / static_cast<long>(rows - 1);
  return {.fixed = std::max(base::Duration{0}, one - per_row), .per_row = per_row};
}

// The median of repeated runs. `left` is what remains of the budget.
std::optional<base::Duration> Measure(Trial& trial, std::size_t rows, bool follow,
                                      base::Duration& left) {
  std::vector<base::Duration> times;
  while (times.size() < kRepetitions && (times.empty() || left.count() > 0)) {
    const auto took = trial.Run(rows, follow);
    if (!took.ok()) return std::nullopt;
    left -= *took;
    times.push_back(*took);
  }
  // The median, by selection. A run that was preempted does not move it.
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return times[times.size() / 2];
}

RunCost MeasureShared(Trial& trial, std::size_t batch_size) {
  base::Duration left = kBudget;
  const auto one = Measure(trial, 1, true, left);
  if (!one) return {.fixed = kUnknownCost, .per_row = base::Duration{0}};
  RunCost cost{.fixed = *one, .per_row = base::Duration{0}};
  // The line through 1 row and a full batch, or through 8 rows where the budget does not allow a
  // full batch.
  for (const std::size_t rows : {std::min<std::size_t>(8, batch_size), batch_size}) {
    if (rows <= 1 || left.count() <= 0) break;
    const auto many = Measure(trial, rows, true, left);
    if (!many) break;
    cost = LineThrough(*one, rows, *many);
  }
  return cost;
}

}  // namespace

ProbeReport Probe(const Servable& servable, std::size_t batch_size, const base::Clock& clock) {
  // The first run allocates and warms caches, so its time counts only where no other is measured.
  Trial trial(servable, clock);
  const auto first = trial.Run(1, false);
  if (!first.ok()) {
    return {.batchable = false,
            .cost = {.fixed = kUnknownCost, .per_row = base::Duration{0}},
            .note = "the trial run failed, so its runs are not shared: " + first.error().message};
  }
  const bool shareable = servable.session->signature().batchable();
  if (*first > kExpensive) {
    // The first run may be slow because it is the first. If the second is slow too, a third shows
    // whether rows may share a run, and the cost is taken as proportional to the rows.
    const auto second = trial.Run(1, false);
    if (second.ok() && *second > kExpensive) {
      const bool batchable = shareable && trial.Run(2, true).ok();
      return {.batchable = batchable, .cost = {.fixed = {}, .per_row = *second}, .note = ""};
    }
  }
  // The signature only declares that the number of rows may vary. Whether the outputs follow it is
  // tried.
  if (shareable) {
    const auto one = trial.Run(1, true);
    const auto two = one.ok() ? trial.Run(2, true) : one;
    if (two.ok()) {
      return {.batchable = true, .cost = MeasureShared(trial, batch_size), .note = ""};
    }
    base::Duration left = kBudget;
    return {.batchable = false,
            .cost = {.fixed = {}, .per_row = Measure(trial, 1, false, left).value_or(*first)},
            .note = "requests do not share runs: " + two.error().message};
  }
  base::Duration left = kBudget;
  const base::Duration run = Measure(trial, 1, false, left).value_or(*first);
  // A model of a fixed batch takes as long for one row as for all, so a row costs its share.
  const std::size_t rows_per_run = RowsPerRun(servable, batch_size).most;
  return {.batchable = false,
          .cost = {.fixed = {},
                   .per_row = run / static_cast<long>(std::max<std::size_t>(rows_per_run, 1))},
          .note = ""};
}

}  // namespace moorage::servable

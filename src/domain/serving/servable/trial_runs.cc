#include "domain/serving/servable/trial_runs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/serving/servable/row_buffers.h"
#include "domain/serving/servable/row_run.h"

namespace moorage::servable {
namespace {

constexpr std::size_t kMostRows = 32;
constexpr std::size_t kMostRowBytes = std::size_t{32} << 20;     // of all trial rows
constexpr std::size_t kMostAnswerBytes = std::size_t{64} << 20;  // of all answers that are kept
constexpr std::size_t kRepeatedRows = 4;
// Fewer rows would prove nothing, neither that rows may share a run nor that an answer is wrong.
// They run although the budget is spent, which on a busy machine says little.
constexpr std::size_t kLeastRows = 4;
constexpr base::Duration kLeastRowsBudget = std::chrono::seconds(2);
constexpr std::size_t kRepetitions = 7;
// Sizes of free inner dimensions, in the order in which they are tried. A model of windows or
// sequences may refuse short ones, and of one element a softmax is always 1.
constexpr std::array<std::int64_t, 4> kInnerSizes = {4, 16, 1, 64};

// Tensors of zeros and empty strings. A free dimension is 1.
std::vector<model::Tensor> ZeroTensors(const model::Signature& signature) {
  std::vector<model::Tensor> tensors;
  for (const model::TensorSpec& spec : signature.inputs) {
    model::Tensor& tensor = tensors.emplace_back();
    tensor.type = spec.type;
    if (spec.optional) continue;
    std::size_t elements = 1;
    for (const std::int64_t size : spec.shape) {
      tensor.shape.push_back(size < 0 ? 1 : size);
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

std::size_t CountFor(const RowForm& form) {
  const std::size_t bytes = std::max<std::size_t>(RowBytesOf(form), 1);
  return std::clamp<std::size_t>(kMostRowBytes / bytes, 1, kMostRows);
}

base::Duration MedianOf(std::vector<base::Duration> times) {
  // By selection. A run that was preempted does not move it.
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return *middle;
}

}  // namespace

TrialRuns::TrialRuns(const Servable& servable, const ProbeOptions& options,
                     const base::Clock& clock)
    : servable_(servable),
      options_(options),
      clock_(clock),
      shareable_(servable.session->signature().batchable()),
      solo_(servable.session->signature()) {
  MakeRows(kInnerSizes.front());
}

void TrialRuns::MakeRows(std::int64_t inner) {
  const model::Signature& signature = servable_.session->signature();
  if (servable_.layout.ok()) {
    rows_.emplace(servable_.manifest, *servable_.layout, options_.rows,
                  CountFor(RowForm::Of(signature, *servable_.layout)));
  } else if (shareable_) {
    rows_.emplace(signature, inner, CountFor(FormOf(signature, inner)));
  } else {
    zeros_ = ZeroTensors(signature);
  }
}

std::size_t TrialRuns::elements() const {
  if (rows_) return rows_->elements();
  std::size_t elements = 0;
  for (const model::Tensor& tensor : zeros_) elements += tensor.view().elements();
  return elements;
}

void TrialRuns::Step(std::size_t row) {
  if (!options_.step) return;
  options_.step("a run of one row of " + std::string(Name(KindOf(row))));
}

base::Result<runtime::Outputs> TrialRuns::Run(std::size_t row) {
  // All outputs are asked for, so that the first dimension of every one is seen.
  if (!rows_) {
    std::vector<model::TensorView> views;
    views.reserve(zeros_.size());
    for (const model::Tensor& tensor : zeros_) views.push_back(tensor.view());
    return servable_.session->Run(views, {}, nullptr);
  }
  if (shareable_) return servable_.session->Run(rows_->buffers().Views(row, 1), {}, nullptr);
  // A model that fixes its number of rows gets them filled up, as a served run does.
  return RunOverRows(servable_, rows_->buffers(), row, 1, {}, 1, nullptr);
}

base::Result<base::Duration> TrialRuns::RunOne(std::size_t row) {
  Step(row);
  const base::Instant start = clock_.Monotonic();
  const auto outputs = Run(row);
  const base::Duration took = clock_.Monotonic() - start;
  if (!outputs.ok()) return outputs.error();
  if (std::ranges::find(solo_.rows(), row) == solo_.rows().end()) {
    solo_.Add(row, outputs->tensors());
  } else {
    deterministic_ = deterministic_ && solo_.IsSame(row, outputs->tensors());
  }
  return took;
}

base::Status TrialRuns::RunAlone(base::Duration budget) {
  std::optional<base::Error> problem;
  // A model that takes tensors of any inner size may refuse some of them.
  for (std::size_t i = 1; i < kInnerSizes.size() && rows_ && !servable_.layout.ok(); ++i) {
    Step(0);
    if (Run(0).ok()) break;
    MakeRows(kInnerSizes[i]);
  }
  const base::Instant start = clock_.Monotonic();
  const std::size_t count = rows_ ? rows_->size() : 1;
  for (std::size_t row = 0; row < count; ++row) {
    const base::Duration took_all = clock_.Monotonic() - start;
    const bool spent = took_all > budget && !solo_.rows().empty();
    const bool enough = solo_.rows().size() >= kLeastRows || took_all > kLeastRowsBudget;
    if ((spent && enough) || solo_.bytes() > kMostAnswerBytes) break;
    const auto took = RunOne(row);
    if (!took.ok()) {
      if (!problem) problem = took.error();
      failures_.push_back({.kind = KindOf(row), .failed = took.error().message});
      continue;
    }
    if (solo_.rows().size() == 1) first_ = *took;
    if (solo_.rows().size() > 1) times_.push_back(*took);
    if (spent || solo_.rows().size() > kRepeatedRows) continue;
    const auto again = RunOne(row);
    if (again.ok()) times_.push_back(*again);
  }
  if (solo_.rows().empty() && problem) return *problem;
  return {};
}

std::vector<TrialRow> TrialRuns::Answers() const {
  std::vector<TrialRow> rows = failures_;
  for (std::size_t at = 0; at < solo_.rows().size(); ++at) {
    rows.push_back({.kind = KindOf(solo_.rows()[at]), .outputs = solo_.Views(at)});
  }
  return rows;
}

base::Duration TrialRuns::median() const { return times_.empty() ? first_ : MedianOf(times_); }

std::optional<base::Duration> TrialRuns::Measure(std::size_t rows, base::Duration& left) {
  std::vector<base::Duration> times;
  std::optional<RowBuffers> batch;
  const std::span<const std::size_t> ran = solo_.rows();
  if (rows > 1) {
    batch.emplace(rows_->buffers().form());
    for (std::size_t i = 0; i < rows; ++i) batch->Append(rows_->buffers(), ran[i % ran.size()], 1);
  }
  while (times.size() < kRepetitions && (times.empty() || left.count() > 0)) {
    const base::Instant start = clock_.Monotonic();
    const auto outputs = batch ? servable_.session->Run(batch->Views(0, rows), {}, nullptr)
                               : Run(ran[times.size() % ran.size()]);
    const base::Duration took = clock_.Monotonic() - start;
    if (!outputs.ok()) return std::nullopt;
    left -= took;
    times.push_back(took);
  }
  return MedianOf(std::move(times));
}

std::optional<CostPoint> TrialRuns::MeasureInner(std::int64_t inner) {
  const model::Signature& signature = servable_.session->signature();
  if (servable_.layout.ok() || !shareable_) return std::nullopt;
  if (RowBytesOf(FormOf(signature, inner)) > kMostRowBytes) return std::nullopt;
  if (FormOf(signature, inner) == rows_->buffers().form()) return std::nullopt;
  if (options_.step) options_.step("a run of one larger row of zeros");
  ProbeRows larger(signature, inner, 1);
  std::vector<base::Duration> times;
  while (times.size() < 3) {
    const base::Instant start = clock_.Monotonic();
    if (!servable_.session->Run(larger.buffers().Views(0, 1), {}, nullptr).ok()) {
      return std::nullopt;
    }
    times.push_back(clock_.Monotonic() - start);
  }
  return CostPoint{.rows = 1, .elements = larger.elements(), .time = MedianOf(std::move(times))};
}

}  // namespace moorage::servable

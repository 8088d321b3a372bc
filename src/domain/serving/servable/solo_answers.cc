#include "domain/serving/servable/solo_answers.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <utility>

namespace moorage::servable {
namespace {

using model::DataType;
using model::TensorView;

// Row `at` of a tensor of `count` rows.
TensorView RowOf(const TensorView& tensor, std::size_t at, std::size_t count) {
  TensorView row = tensor;
  if (tensor.type == DataType::kBytes) {
    const std::size_t strings = tensor.strings.size() / count;
    row.strings = tensor.strings.subspan(at * strings, strings);
  } else {
    const std::size_t bytes = tensor.bytes.size() / count;
    row.bytes = tensor.bytes.subspan(at * bytes, bytes);
  }
  return row;
}

bool SameBits(const TensorView& a, const TensorView& b) {
  return std::ranges::equal(a.bytes, b.bytes) && std::ranges::equal(a.strings, b.strings);
}

double LargestOf(const TensorView& tensor) {
  double largest = 0;
  for (std::size_t i = 0; i < tensor.elements(); ++i) {
    const double value = std::abs(model::NumberAt(tensor, i));
    if (std::isfinite(value)) largest = std::max(largest, value);
  }
  return largest;
}

// The difference of two numbers. A NaN is the same as a NaN, and an infinity as itself.
double DifferenceOf(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const double difference = std::abs(a - b);
  return std::isnan(difference) ? HUGE_VAL : difference;
}

std::string Short(double value) {
  std::string text(32, '\0');
  const int length = std::snprintf(text.data(), text.size(), "%.3g", value);
  text.resize(static_cast<std::size_t>(std::max(length, 0)));
  return text;
}

}  // namespace

RowTolerance ToleranceOf(DataType type) {
  switch (type) {
    case DataType::kFp32:
    case DataType::kFp64:
      return {.relative = 1e-5, .absolute = 1e-6};
    case DataType::kFp16:
      return {.relative = 0x1p-8, .absolute = 0x1p-12};
    case DataType::kBf16:
      return {.relative = 0x1p-5, .absolute = 0x1p-9};
    default:
      return {};
  }
}

void SoloAnswers::Add(std::size_t row, std::span<const TensorView> outputs) {
  Answer answer;
  for (const TensorView& output : outputs) {
    model::Tensor& tensor = answer.outputs.emplace_back();
    tensor.type = output.type;
    tensor.shape.assign(output.shape.begin(), output.shape.end());
    tensor.bytes.assign(output.bytes.begin(), output.bytes.end());
    tensor.strings.assign(output.strings.begin(), output.strings.end());
    bytes_ += tensor.bytes.size();
    for (const std::string& text : tensor.strings) bytes_ += text.size();
    for (std::size_t i = 0; model::IsFloating(output.type) && i < output.elements(); ++i) {
      finite_ = finite_ && std::isfinite(model::NumberAt(output, i));
    }
  }
  rows_.push_back(row);
  answers_.push_back(std::move(answer));
}

std::vector<TensorView> SoloAnswers::Views(std::size_t at) const {
  std::vector<TensorView> views;
  for (const model::Tensor& output : answers_[at].outputs) views.push_back(output.view());
  return views;
}

const SoloAnswers::Answer& SoloAnswers::Of(std::size_t row) const {
  const auto found = std::ranges::find(rows_, row);
  assert(found != rows_.end());
  return answers_[static_cast<std::size_t>(std::distance(rows_.begin(), found))];
}

std::optional<std::string> SoloAnswers::CompareOutput(const TensorView& alone,
                                                      const TensorView& together, std::size_t at,
                                                      std::size_t count) {
  const bool follows = !together.shape.empty() && !alone.shape.empty() &&
                       together.shape.front() == static_cast<std::int64_t>(count) &&
                       std::ranges::equal(together.shape.subspan(1), alone.shape.subspan(1));
  if (!follows || together.type != alone.type) {
    return "has shape " + model::FormatShape(together.shape) + " for " + std::to_string(count) +
           " rows and " + model::FormatShape(alone.shape) + " for one";
  }
  const TensorView row = RowOf(together, at, count);
  if (SameBits(alone, row)) return std::nullopt;
  exact_ = false;
  if (!model::IsFloating(alone.type)) return "differs";
  const RowTolerance tolerance = ToleranceOf(alone.type);
  const double most = tolerance.absolute + tolerance.relative * LargestOf(alone);
  double difference = 0;
  for (std::size_t i = 0; i < row.elements(); ++i) {
    difference =
        std::max(difference, DifferenceOf(model::NumberAt(alone, i), model::NumberAt(row, i)));
  }
  if (std::isfinite(difference)) worst_ = std::max(worst_, difference);
  if (difference <= most) return std::nullopt;
  return "differs by " + Short(difference);
}

std::optional<std::string> SoloAnswers::Compare(std::size_t row,
                                                std::span<const TensorView> outputs, std::size_t at,
                                                std::size_t count) {
  const Answer& answer = Of(row);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto what = CompareOutput(answer.outputs[i].view(), outputs[i], at, count);
    if (what) return "output '" + signature_.outputs[i].name + "' " + *what;
  }
  return std::nullopt;
}

bool SoloAnswers::IsSame(std::size_t row, std::span<const TensorView> outputs) const {
  const Answer& answer = Of(row);
  return std::ranges::equal(
      outputs, answer.outputs,
      [](const TensorView& a, const model::Tensor& b) { return SameBits(a, b.view()); });
}

std::vector<OutputRange> SoloAnswers::Ranges() const {
  std::vector<OutputRange> ranges;
  for (std::size_t i = 0; i < signature_.outputs.size(); ++i) {
    OutputRange range{.name = signature_.outputs[i].name};
    bool any = false;
    for (const Answer& answer : answers_) {
      const TensorView view = answer.outputs[i].view();
      double sum = 0;
      bool all_finite = view.type != DataType::kBytes && view.elements() > 0;
      for (std::size_t e = 0; all_finite && e < view.elements(); ++e) {
        const double value = model::NumberAt(view, e);
        all_finite = std::isfinite(value);
        sum += value;
      }
      if (!all_finite || !std::isfinite(sum)) continue;
      for (std::size_t e = 0; e < view.elements(); ++e) {
        const double value = model::NumberAt(view, e);
        range.lowest = any ? std::min(range.lowest, value) : value;
        range.highest = any ? std::max(range.highest, value) : value;
        if (e == 0 && !any) range.lowest_sum = range.highest_sum = sum;
        any = true;
      }
      range.lowest_sum = std::min(range.lowest_sum, sum);
      range.highest_sum = std::max(range.highest_sum, sum);
    }
    if (any) ranges.push_back(std::move(range));
  }
  return ranges;
}

}  // namespace moorage::servable

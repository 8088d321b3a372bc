#include "domain/evaluation/label_encoding.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "foundation/base/parse_number.h"

namespace moorage::evaluation {
namespace {

constexpr std::size_t kListedLabels = 20;

template <typename T>
std::vector<T> Union(std::span<const T> y_true, std::span<const T> y_pred) {
  std::vector<T> labels(y_true.begin(), y_true.end());
  labels.insert(labels.end(), y_pred.begin(), y_pred.end());
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

// The integer that the whole of `text` means ("3", "-3", "3.0", "3e0").
std::optional<std::int64_t> IntegerOf(std::string_view text) {
  // Integers are read first, because a double would round those above 2^53 to another label.
  if (const auto integer = base::ParseNumber<std::int64_t>(text)) return integer;
  constexpr double kExact = 9007199254740992.0;  // 2^53, above which a double is no exact integer
  const auto number = base::ParseNumber<double>(text);
  if (!number || std::trunc(*number) != *number || std::abs(*number) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

}  // namespace

std::vector<std::int64_t> SortedUnion(std::span<const std::int64_t> y_true,
                                      std::span<const std::int64_t> y_pred) {
  return Union(y_true, y_pred);
}

std::vector<std::string> SortedUnion(std::span<const std::string> y_true,
                                     std::span<const std::string> y_pred) {
  return Union(y_true, y_pred);
}

base::Result<LabelEncoding> LabelEncoding::Make(model::Labels labels) {
  LabelEncoding encoding;
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&labels)) {
    for (std::size_t i = 0; i < integers->size(); ++i) {
      encoding.by_integer_.emplace((*integers)[i], i);
    }
  } else {
    const auto& strings = std::get<std::vector<std::string>>(labels);
    for (std::size_t i = 0; i < strings.size(); ++i) encoding.by_string_.emplace(strings[i], i);
  }
  // Two classes of one label could not be told apart in a target column.
  if (encoding.by_integer_.size() + encoding.by_string_.size() != model::Count(labels)) {
    return base::Error{base::Code::kInvalid, "labels: a label is there twice"};
  }
  encoding.labels_ = std::move(labels);
  return encoding;
}

std::optional<std::size_t> LabelEncoding::Find(std::int64_t label) const {
  const auto found = by_integer_.find(label);
  return found == by_integer_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> LabelEncoding::Find(std::string_view label) const {
  const auto found = by_string_.find(std::string(label));
  return found == by_string_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> LabelEncoding::FindText(std::string_view text) const {
  if (std::holds_alternative<std::vector<std::string>>(labels_)) return Find(text);
  const std::optional<std::int64_t> integer = IntegerOf(text);
  return integer ? Find(*integer) : std::nullopt;
}

std::size_t LabelEncoding::Greatest() const {
  return std::visit(
      [](const auto& labels) {
        const auto greatest = std::max_element(labels.begin(), labels.end());
        return static_cast<std::size_t>(greatest - labels.begin());
      },
      labels_);
}

std::string LabelEncoding::Listing() const {
  std::string listing;
  for (std::size_t i = 0; i < classes() && i < kListedLabels; ++i) {
    if (i > 0) listing += ", ";
    listing += text(i);
  }
  if (classes() > kListedLabels) listing += ", ...";
  return listing;
}

}  // namespace moorage::evaluation

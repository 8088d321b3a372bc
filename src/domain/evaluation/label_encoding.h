#pragma once

// Labels as class numbers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/manifest.h"

namespace moorage::evaluation {

// The labels that occur in either span, each once, in the label order of scikit-learn. That is
// integers by value and strings by code point, which is the byte order of UTF-8. Nothing is
// normalised.
std::vector<std::int64_t> SortedUnion(std::span<const std::int64_t> y_true,
                                      std::span<const std::int64_t> y_pred);
std::vector<std::string> SortedUnion(std::span<const std::string> y_true,
                                     std::span<const std::string> y_pred);

// Turns a label into its class number, which is its position in a model's labels. Immutable.
// Metrics count class numbers, so that they need not know what a label is.
class LabelEncoding {
 public:
  // kInvalid if a label is there twice.
  static base::Result<LabelEncoding> Make(model::Labels labels);

  const model::Labels& labels() const { return labels_; }
  std::size_t classes() const { return model::Count(labels_); }
  std::string text(std::size_t label) const { return model::LabelText(labels_, label); }

  std::optional<std::size_t> Find(std::int64_t label) const;
  std::optional<std::size_t> Find(std::string_view label) const;
  // The class that a field of a file means. String labels are compared as they stand. For integer
  // labels the text is read as a number, so that "1", "1.0" and "1e0" mean the label 1.
  std::optional<std::size_t> FindText(std::string_view text) const;

  // The class whose label is greatest, by value or by code point. scikit-learn and MLflow take it
  // as the positive one of two.
  std::size_t Greatest() const;
  // "0, 1, 2", for messages. Long lists are cut.
  std::string Listing() const;

 private:
  LabelEncoding() = default;

  model::Labels labels_;
  std::unordered_map<std::int64_t, std::size_t> by_integer_;
  std::unordered_map<std::string, std::size_t> by_string_;
};

}  // namespace moorage::evaluation

#pragma once

// What a version must show. Plain values and pure functions.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"
#include "foundation/model/names.h"

namespace moorage::evaluation {

// What the value of a metric must be. `force_direction` allows a bound against the metric's
// direction (a `max` on accuracy).
struct Bound {
  std::optional<double> min = {};
  std::optional<double> max = {};
  bool force_direction = false;

  bool operator==(const Bound&) const = default;
};

// How the candidate may differ from the baseline on the same rows. One of max_loss and min_gain.
struct Change {
  std::optional<double> max_loss = {};  // not worse by more than this, >= 0 (max_drop or max_rise)
  std::optional<double> min_gain = {};  // better by at least this, >= 0
  // With max_loss of accuracy alone. The loss must be shown to be smaller than max_loss by a test
  // at this level. Without it the measured values are compared.
  std::optional<double> level = {};

  bool operator==(const Change&) const = default;
};

// The levels of tests that a policy may state.
inline constexpr double kDefaultLevel = 0.05;
inline constexpr double kLowestLevel = 0.001;
inline constexpr double kHighestLevel = 0.2;

// The candidate must be better than the naive model, by at least `min_gain` (>= 0). Chance must
// explain it with a probability of at most `level`.
struct NaiveRule {
  std::vector<std::string> metrics = {};  // the task's defaults if empty
  double min_gain = 0;
  double level = kDefaultLevel;

  bool operator==(const NaiveRule&) const = default;
};

// What a version must show before it may be promoted. The format is in docs/formats/policy.md.
struct Policy {
  std::map<std::string, Bound> metrics;
  std::optional<std::uint64_t> minimum_rows;
  std::optional<NaiveRule> beats_naive;
  std::map<std::string, Change> compare;

  // True if it asks for more than a comparison, because a first version has no baseline.
  bool has_absolute_gate() const { return !metrics.empty() || beats_naive.has_value(); }
  // Equal policies have equal text, and so equal digests.
  std::string CanonicalText() const;
  model::Digest digest() const { return model::DigestOf(CanonicalText()); }

  bool operator==(const Policy&) const = default;
};

// The policy where none is given, so that every validation has gates. It asks for
// - at least 30 rows
// - better than the naive model in accuracy and macro F1 (classification) or R2 (regression)
// - not worse than the baseline by 0.05 in accuracy, shown at the level 0.05, or in R2
Policy DefaultPolicy(model::Task task);
inline constexpr std::uint64_t kDefaultMinimumRows = 30;
inline constexpr double kDefaultMargin = 0.05;

// The metrics that beats_naive means by default.
std::vector<std::string> NaiveMetrics(model::Task task);

// Reads the document. Finds all problems that need no model, and returns kInvalid with a path such
// as "metrics.accuracy.min" for each.
// - unknown keys, wrong types, unknown metrics
// - bounds that contradict each other, lie outside a metric's range or against its direction
// - bounds that every model meets, such as accuracy {min: 0}
// - a policy that asks for nothing
base::Result<Policy> PolicyFromJson(const json::Json& json);
json::Json ToJson(const Policy& policy);

// Finds the problems that show only beside a model. Call it before anything runs.
// - metrics of another task
// - a label that the model does not know
// - _binary metrics where there are not two labels
// - log_loss without probabilities
base::Status LintPolicy(const Policy& policy, const model::Manifest& manifest);

}  // namespace moorage::evaluation

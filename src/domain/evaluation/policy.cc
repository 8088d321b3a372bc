#include "domain/evaluation/policy.h"

#include <algorithm>
#include <cmath>

#include "domain/evaluation/label_encoding.h"
#include "domain/evaluation/metric.h"
#include "domain/evaluation/nearest_name.h"

namespace moorage::evaluation {
namespace {

std::string Member(std::string_view path, std::string_view key) {
  std::string place(path);
  place.append(".").append(key);
  return place;
}

using json::Json;

// Reads a policy and remembers every problem with its path.
class PolicyReader {
 public:
  base::Result<Policy> Read(const Json& json) && {
    if (!json.is_object()) {
      Report("policy", "must be an object");
      return Finish();
    }
    for (const auto& [key, value] : json.items()) {
      if (key == "metrics") {
        ReadMetrics(value);
      } else if (key == "minimum_rows") {
        ReadMinimumRows(value);
      } else if (key == "beats_naive") {
        ReadNaive(value);
      } else if (key == "compare") {
        ReadCompare(value);
      } else {
        Unknown("", key, {"metrics", "minimum_rows", "beats_naive", "compare"});
      }
    }
    // Only a document without problems is judged so. One whose only key is misspelt would have a
    // second problem that is not true.
    if (problems_.empty() && !policy_.has_absolute_gate() && policy_.compare.empty()) {
      Report("policy", "asks for nothing; name a metric and its bound, or beats_naive");
    }
    return Finish();
  }

 private:
  void Report(std::string path, std::string problem) {
    problems_.push_back({std::move(path), std::move(problem)});
  }

  void Unknown(const std::string& path, const std::string& key, std::vector<std::string> known) {
    std::string list;
    for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
    const auto nearest = NearestName(key, known);
    Report(path + key, "is not a key of a policy (" + list + ")" +
                           (nearest ? "; did you mean '" + *nearest + "'?" : ""));
  }

  base::Result<Policy> Finish() {
    if (problems_.empty()) return std::move(policy_);
    std::string message = "policy: " + problems_.front().path + ": " + problems_.front().problem;
    if (problems_.size() > 1) {
      message += " (and " + std::to_string(problems_.size() - 1) + " more)";
    }
    return base::Error{base::Code::kInvalid, std::move(message), std::move(problems_)};
  }

  std::optional<double> ReadNumber(const std::string& path, const Json& value) {
    if (value.is_number()) {
      const auto number = value.get<double>();
      if (std::isfinite(number)) return number;
    }
    Report(path, "must be a finite number");
    return std::nullopt;
  }

  std::optional<double> ReadGain(const std::string& path, const Json& value) {
    const auto number = ReadNumber(path, value);
    if (!number || *number >= 0) return number;
    Report(path, "must not be negative");
    return std::nullopt;
  }

  std::optional<double> ReadLevel(const std::string& path, const Json& value) {
    const auto number = ReadNumber(path, value);
    if (!number || (*number >= kLowestLevel && *number <= kHighestLevel)) return number;
    Report(path, "must be from " + ExactText(kLowestLevel) + " to " + ExactText(kHighestLevel));
    return std::nullopt;
  }

  void ReadMetrics(const Json& json) {
    if (!json.is_object()) return Report("metrics", "must be an object of bounds by metric");
    for (const auto& [name, value] : json.items()) {
      const std::string path = "metrics." + name;
      const auto kind = ParseMetricName(name);
      if (!kind.ok()) {
        Report(path, kind.error().message);
      } else if (!value.is_object()) {
        Report(path, "must be an object with min or max");
      } else {
        ReadBound(path, *kind, value);
      }
    }
  }

  void ReadBound(const std::string& path, const MetricKind& kind, const Json& json) {
    Bound bound;
    bool read = true;
    for (const auto& [key, value] : json.items()) {
      if (key == "min") {
        bound.min = ReadNumber(path + ".min", value);
        read = read && bound.min;
      } else if (key == "max") {
        bound.max = ReadNumber(path + ".max", value);
        read = read && bound.max;
      } else if (key == "force_direction" && value.is_boolean()) {
        bound.force_direction = value.get<bool>();
      } else if (key == "force_direction") {
        Report(path + ".force_direction", "must be true or false");
      } else {
        Unknown(path + ".", key, {"min", "max", "force_direction"});
      }
    }
    // A bound that could not be read has its problem already, and would be reported as missing too.
    if (read) CheckBound(path, kind, bound);
    policy_.metrics.emplace(kind.name, bound);
  }

  void CheckBound(const std::string& path, const MetricKind& kind, const Bound& bound) {
    if (!bound.min && !bound.max) return Report(path, "needs a min or a max");
    if (bound.min && bound.max && *bound.min > *bound.max) {
      return Report(path, "min " + ExactText(*bound.min) + " is above max " +
                              ExactText(*bound.max) + ": nothing can pass");
    }
    if (bound.min && kind.highest && *bound.min > *kind.highest) {
      return Report(path + ".min", ExactText(*bound.min) + " can never be reached: " + kind.name +
                                       " is at most " + ExactText(*kind.highest));
    }
    if (bound.max && kind.lowest && *bound.max < *kind.lowest) {
      return Report(path + ".max", ExactText(*bound.max) + " can never be reached: " + kind.name +
                                       " is at least " + ExactText(*kind.lowest));
    }
    if (bound.min && kind.lowest && *bound.min <= *kind.lowest) {
      return Report(path + ".min", ExactText(*bound.min) + " asks for nothing: " + kind.name +
                                       " is at least " + ExactText(*kind.lowest));
    }
    if (bound.max && kind.highest && *bound.max >= *kind.highest) {
      return Report(path + ".max", ExactText(*bound.max) + " asks for nothing: " + kind.name +
                                       " is at most " + ExactText(*kind.highest));
    }
    const bool higher = kind.direction == Direction::kHigherIsBetter;
    if (!bound.force_direction && (higher ? bound.max : bound.min)) {
      Report(path + (higher ? ".max" : ".min"),
             std::string("is against the metric's direction: ") + (higher ? "higher" : "lower") +
                 " is better; add force_direction: true if it is meant");
    }
  }

  void ReadMinimumRows(const Json& json) {
    // As a double, negative and unsigned numbers need only one comparison. Without it a negative
    // number would wrap around below.
    if (json.is_number_integer() && json.get<double>() >= 1) {
      policy_.minimum_rows = json.get<std::uint64_t>();
    } else {
      Report("minimum_rows", "must be a whole number from 1");
    }
  }

  void ReadNaive(const Json& json) {
    if (json.is_boolean()) {
      if (json.get<bool>()) policy_.beats_naive.emplace();
      return;
    }
    if (!json.is_object()) return Report("beats_naive", "must be true, false or an object");
    NaiveRule& rule = policy_.beats_naive.emplace();
    for (const auto& [key, value] : json.items()) {
      if (key == "min_gain") {
        rule.min_gain = ReadGain("beats_naive.min_gain", value).value_or(0);
      } else if (key == "level") {
        rule.level = ReadLevel("beats_naive.level", value).value_or(kDefaultLevel);
      } else if (key == "metrics") {
        ReadNaiveMetrics(value, rule);
      } else {
        Unknown("beats_naive.", key, {"min_gain", "metrics", "level"});
      }
    }
  }

  void ReadNaiveMetrics(const Json& json, NaiveRule& rule) {
    if (!json.is_array() || json.empty()) {
      return Report("beats_naive.metrics", "must be an array of metric names");
    }
    for (std::size_t i = 0; i < json.size(); ++i) {
      const std::string path = "beats_naive.metrics[" + std::to_string(i) + "]";
      if (!json[i].is_string()) {
        Report(path, "must be the name of a metric");
        continue;
      }
      const auto name = json[i].get<std::string>();
      const auto kind = ParseMetricName(name);
      if (!kind.ok()) {
        Report(path, kind.error().message);
      } else if (name == "log_loss") {
        Report(path, "the model that knows nothing has no log_loss");
      } else {
        rule.metrics.push_back(name);
      }
    }
  }

  void ReadCompare(const Json& json) {
    if (!json.is_object()) return Report("compare", "must be an object of changes by metric");
    for (const auto& [name, value] : json.items()) {
      const std::string path = "compare." + name;
      const auto kind = ParseMetricName(name);
      if (!kind.ok()) {
        Report(path, kind.error().message);
      } else if (!value.is_object()) {
        Report(path, "must be an object");
      } else {
        ReadChange(path, *kind, value);
      }
    }
  }

  void ReadChange(const std::string& path, const MetricKind& kind, const Json& json) {
    const bool higher = kind.direction == Direction::kHigherIsBetter;
    const std::string loss = higher ? "max_drop" : "max_rise";
    const std::string against = std::string("is against the metric's direction: ") +
                                (higher ? "higher" : "lower") + " is better; use " + loss;
    Change change;
    bool read = true;
    for (const auto& [key, value] : json.items()) {
      const std::string place = Member(path, key);
      if (key == loss) {
        change.max_loss = ReadGain(place, value);
        read = read && change.max_loss;
      } else if (key == "min_gain") {
        change.min_gain = ReadGain(place, value);
        read = read && change.min_gain;
      } else if (key == "level") {
        change.level = ReadLevel(place, value);
        read = read && change.level;
      } else if (key == "max_drop" || key == "max_rise") {
        Report(place, against);
        read = false;
      } else {
        Unknown(path + ".", key, {loss, "min_gain", "level"});
        read = false;
      }
    }
    if (read) CheckChange(path, kind, change, loss);
    policy_.compare.emplace(kind.name, change);
  }

  void CheckChange(const std::string& path, const MetricKind& kind, const Change& change,
                   const std::string& loss) {
    if (change.max_loss.has_value() == change.min_gain.has_value()) {
      return Report(path, "needs either " + loss + " or min_gain");
    }
    const bool bounded = kind.lowest && kind.highest;
    if (change.max_loss && bounded && *change.max_loss >= *kind.highest - *kind.lowest) {
      return Report(path + "." + loss, ExactText(*change.max_loss) + " asks for nothing: " +
                                           kind.name + " cannot fall by more");
    }
    if (!change.level) return;
    if (kind.name != "accuracy" || !change.max_loss) {
      return Report(path + ".level", "stands beside max_drop of accuracy only");
    }
    if (*change.max_loss <= 0) {
      Report(path + "." + loss, "must be above 0 beside a level, or no number of rows decides");
    }
  }

  Policy policy_;
  std::vector<base::Detail> problems_;
};

// What keeps a metric from being measured on this model, or empty if nothing does.
std::string Unmeasurable(const MetricKind& kind, const model::Manifest& manifest,
                         const LabelEncoding& labels) {
  if (kind.task != manifest.task) {
    return "is a metric of " + std::string(model::Name(kind.task)) + "; the model's task is " +
           std::string(model::Name(manifest.task));
  }
  if (kind.label && !labels.FindText(*kind.label)) {
    return "the model has no label '" + *kind.label + "'; its labels: " + labels.Listing();
  }
  // Evaluate() names the metric by the text of the label, so f1[1.0] would not be found in its
  // results.
  if (kind.label && labels.text(*labels.FindText(*kind.label)) != *kind.label) {
    return "write the label as " + labels.text(*labels.FindText(*kind.label));
  }
  if (kind.binary && labels.classes() != 2) {
    return "is for two labels; the model has " + std::to_string(labels.classes());
  }
  const bool scores = std::any_of(manifest.output_roles.begin(), manifest.output_roles.end(),
                                  [](const auto& output) {
                                    return output.second != model::OutputRole::kLabel &&
                                           output.second != model::OutputRole::kScores;
                                  });
  if (kind.name == "log_loss" && !scores) return "the model gives no probabilities";
  return {};
}

}  // namespace

std::vector<std::string> NaiveMetrics(model::Task task) {
  if (task == model::Task::kRegression) return {"r2"};
  return {"accuracy", "f1_macro"};
}

Policy DefaultPolicy(model::Task task) {
  return {.metrics = {},
          .minimum_rows = kDefaultMinimumRows,
          .beats_naive = NaiveRule{.metrics = NaiveMetrics(task), .min_gain = 0},
          .compare = task == model::Task::kRegression
                         ? std::map<std::string, Change>{{"r2", {.max_loss = kDefaultMargin}}}
                         : std::map<std::string, Change>{
                               {"accuracy", {.max_loss = kDefaultMargin, .level = kDefaultLevel}}}};
}

base::Result<Policy> PolicyFromJson(const Json& json) { return PolicyReader().Read(json); }

// The canonical text is made of this document. The maps are sorted and defaults are left out, so
// the digest depends on the meaning and not on the spelling.
Json ToJson(const Policy& policy) {
  Json json = Json::object();
  for (const auto& [name, bound] : policy.metrics) {
    Json& entry = json["metrics"][name];
    if (bound.min) entry["min"] = *bound.min;
    if (bound.max) entry["max"] = *bound.max;
    if (bound.force_direction) entry["force_direction"] = true;
  }
  if (policy.minimum_rows) json["minimum_rows"] = *policy.minimum_rows;
  if (policy.beats_naive) {
    Json& entry = json["beats_naive"];
    if (!policy.beats_naive->metrics.empty()) entry["metrics"] = policy.beats_naive->metrics;
    entry["min_gain"] = policy.beats_naive->min_gain;
    entry["level"] = policy.beats_naive->level;
  }
  for (const auto& [name, change] : policy.compare) {
    Json& entry = json["compare"][name];
    const auto kind = ParseMetricName(name);
    const bool lower = kind.ok() && kind->direction == Direction::kLowerIsBetter;
    if (change.max_loss) entry[lower ? "max_rise" : "max_drop"] = *change.max_loss;
    if (change.min_gain) entry["min_gain"] = *change.min_gain;
    if (change.level) entry["level"] = *change.level;
  }
  return json;
}

std::string Policy::CanonicalText() const { return json::ToText(ToJson(*this)); }

base::Status LintPolicy(const Policy& policy, const model::Manifest& manifest) {
  ASSIGN_OR_RETURN(const LabelEncoding labels, LabelEncoding::Make(manifest.labels));
  std::vector<base::Detail> problems;
  const auto check = [&](const std::string& path, const std::string& name) {
    const auto kind = ParseMetricName(name);
    const std::string problem =
        kind.ok() ? Unmeasurable(*kind, manifest, labels) : kind.error().message;
    if (!problem.empty()) problems.push_back({path, problem});
  };
  for (const auto& [name, bound] : policy.metrics) check("metrics." + name, name);
  if (policy.beats_naive) {
    for (const std::string& name : policy.beats_naive->metrics) check("beats_naive." + name, name);
  }
  for (const auto& [name, change] : policy.compare) check("compare." + name, name);
  if (problems.empty()) return {};
  const std::string message = "policy: " + problems.front().path + ": " + problems.front().problem;
  return base::Error{base::Code::kInvalid, message, std::move(problems)};
}

}  // namespace moorage::evaluation

#include "domain/serving/servable/answer_judge.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace moorage::servable {
namespace {

using model::DataType;
using model::OutputRole;
using model::TensorView;

// As in rows::PredictionReader, which refuses what lies farther.
constexpr double kRangeSlack = 1e-6;
// Scores that are nearer may be ordered by the last bit.
constexpr double kClearMargin = 1e-3;
// Fewer made rows show too little of a model. A busy machine may run no more of them.
constexpr std::size_t kEnoughRows = 3;

std::string Shown(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
  std::string text(32, '\0');
  const int length = std::snprintf(text.data(), text.size(), "%.6g", value);
  text.resize(static_cast<std::size_t>(std::max(length, 0)));
  return text;
}

// One check of one output over all rows.
class Tally {
 public:
  // `problem` is empty for a row that is as it should be.
  void Add(const TrialRow& row, bool decides, const std::string& problem) {
    ++looked_;
    deciding_ += decides ? 1U : 0U;
    if (problem.empty()) return;
    if (broken_++ == 0) first_ = "of a row of " + std::string(Name(row.kind)) + " " + problem;
    refuting_ += decides ? 1U : 0U;
  }
  bool any() const { return broken_ > 0; }
  bool some_refute() const { return refuting_ > 0; }
  std::size_t deciding() const { return deciding_; }
  bool most_refute() const { return refuting_ * 2 > deciding_; }
  bool all_refute() const { return refuting_ > 0 && refuting_ == deciding_; }

  ProbeFinding Finding(AnswerCheck check, const std::string& output, bool refuted) const {
    return {.check = check,
            .refuted = refuted,
            .output = output,
            .problem = first_ + " (in " + std::to_string(broken_) + " of " +
                       std::to_string(looked_) + " rows)"};
  }

 private:
  std::size_t looked_ = 0;
  std::size_t broken_ = 0;
  std::size_t deciding_ = 0;
  std::size_t refuting_ = 0;
  std::string first_;
};

bool IsGiven(RowKind kind) { return kind == RowKind::kGolden || kind == RowKind::kReference; }

class AnswerJudge {
 public:
  AnswerJudge(const model::Manifest& manifest, std::span<const TrialRow> rows)
      : manifest_(manifest), rows_(rows) {
    for (const TrialRow& row : rows) given_ = given_ || (IsGiven(row.kind) && row.failed.empty());
    for (std::size_t i = 0; i < manifest.signature.outputs.size(); ++i) {
      const auto role = RoleOf(i);
      if (role == OutputRole::kLabel) label_ = i;
      if (role == OutputRole::kProbabilities || role == OutputRole::kLogits ||
          role == OutputRole::kProbability || role == OutputRole::kScores) {
        scores_.push_back(i);
      }
    }
  }

  std::vector<ProbeFinding> Run() && {
    JudgeRuns();
    for (std::size_t i = 0; i < manifest_.signature.outputs.size(); ++i) JudgeOutput(i);
    JudgeColumns();
    JudgeHighest();
    // What is refuted comes first.
    std::vector<ProbeFinding> ordered;
    ordered.reserve(findings_.size());
    for (const bool refuted : {true, false}) {
      std::ranges::copy_if(findings_, std::back_inserter(ordered),
                           [refuted](const auto& finding) { return finding.refuted == refuted; });
    }
    return ordered;
  }

 private:
  bool Decides(const TrialRow& row) const {
    if (given_) return IsGiven(row.kind);
    return row.kind != RowKind::kOutlier && row.kind != RowKind::kMissing;
  }

  // Given rows are what the model is for, so one is enough.
  bool IsEnough(const Tally& tally) const { return given_ || tally.deciding() >= kEnoughRows; }

  std::optional<OutputRole> RoleOf(std::size_t output) const {
    const auto found = manifest_.output_roles.find(manifest_.signature.outputs[output].name);
    if (found == manifest_.output_roles.end()) return std::nullopt;
    return found->second;
  }

  // Adds what `judge` finds in each row that ran. It returns an empty text for a sound row.
  template <typename Judge>
  Tally Over(std::size_t output, const Judge& judge) const {
    Tally tally;
    for (const TrialRow& row : rows_) {
      if (!row.failed.empty()) continue;
      tally.Add(row, Decides(row), judge(row.outputs[output]));
    }
    return tally;
  }

  void Report(const Tally& tally, AnswerCheck check, std::size_t output, bool refuted) {
    if (!tally.any()) return;
    findings_.push_back(tally.Finding(check, manifest_.signature.outputs[output].name, refuted));
  }

  void JudgeRuns() {
    std::size_t given = 0;
    std::size_t failed = 0;
    std::string first;
    for (const TrialRow& row : rows_) {
      if (!IsGiven(row.kind)) continue;
      ++given;
      if (row.failed.empty()) continue;
      if (failed++ == 0) {
        first = "a run of a row of " + std::string(Name(row.kind)) + " failed: " + row.failed;
      }
    }
    if (failed == 0) return;
    findings_.push_back({.check = AnswerCheck::kRun,
                         .refuted = failed == given,
                         .output = {},
                         .problem = first + " (in " + std::to_string(failed) + " of " +
                                    std::to_string(given) + " rows)"});
  }

  void JudgeOutput(std::size_t output) {
    const auto role = RoleOf(output);
    const bool readable = JudgeForm(output, role);
    const Tally finite = Over(output, &NotFinite);
    Report(finite, AnswerCheck::kFinite, output, role && finite.all_refute() && IsEnough(finite));
    if (!readable || !role) return;
    if (*role == OutputRole::kProbabilities || *role == OutputRole::kSigmoid ||
        *role == OutputRole::kProbability) {
      const Tally range = Over(output, &OutOfRange);
      Report(range, AnswerCheck::kRange, output, range.some_refute());
      if (*role != OutputRole::kProbabilities || range.some_refute()) return;
      const Tally sum = Over(output, &WrongSumOf);
      Report(sum, AnswerCheck::kSum, output, sum.most_refute() && IsEnough(sum));
    } else if (*role == OutputRole::kLabel && model::Count(manifest_.labels) > 0) {
      const Tally label = Over(output, [this](const TensorView& tensor) {
        for (std::size_t i = 0; i < tensor.elements(); ++i) {
          if (!ClassAt(tensor, i)) return "is " + LabelAt(tensor, i) + ", which is no label of it";
        }
        return std::string();
      });
      // An unknown label is one in any row.
      Report(label, AnswerCheck::kLabel, output, true);
    }
  }

  // Returns false if no prediction can be read from the output.
  bool JudgeForm(std::size_t output, std::optional<OutputRole> role) {
    const model::TensorSpec& spec = manifest_.signature.outputs[output];
    bool refuted = false;
    const Tally form = Over(output, [&](const TensorView& tensor) -> std::string {
      const bool readable = !role || IsReadable(tensor, *role);
      refuted = refuted || !readable || tensor.type != spec.type;
      if (tensor.type != spec.type) {
        return "has the datatype " + std::string(model::Name(tensor.type)) + ", declared is " +
               std::string(model::Name(spec.type));
      }
      if (readable && FitsDeclared(tensor, spec)) return {};
      return "has the shape " + model::FormatShape(tensor.shape) + ", declared is " +
             (spec.has_shape ? model::FormatShape(spec.shape) : "none") +
             (readable ? "" : ", and no prediction can be read from it");
    });
    Report(form, AnswerCheck::kForm, output, refuted);
    return !refuted;
  }

  // The first dimension counts rows, and is not compared.
  static bool FitsDeclared(const TensorView& tensor, const model::TensorSpec& spec) {
    if (!spec.has_shape || spec.kind == model::ValueKind::kMapSequence) return true;
    if (tensor.shape.size() != spec.shape.size()) return false;
    for (std::size_t i = 1; i < spec.shape.size(); ++i) {
      if (spec.shape[i] >= 0 && spec.shape[i] != tensor.shape[i]) return false;
    }
    return true;
  }

  bool IsReadable(const TensorView& tensor, OutputRole role) const {
    const bool whole = tensor.shape.size() == 2 &&
                       tensor.shape[1] == static_cast<std::int64_t>(model::Count(manifest_.labels));
    if (role == OutputRole::kProbabilities || role == OutputRole::kLogits) return whole;
    if (role == OutputRole::kScores && whole) return true;
    return tensor.shape.size() == 1 || (tensor.shape.size() == 2 && tensor.shape[1] == 1);
  }

  static std::string NotFinite(const TensorView& tensor) {
    if (!model::IsFloating(tensor.type)) return {};
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
      const double value = model::NumberAt(tensor, i);
      if (!std::isfinite(value)) return "is " + Shown(value);
    }
    return {};
  }

  static std::string OutOfRange(const TensorView& tensor) {
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
      const double value = model::NumberAt(tensor, i);
      if (std::isfinite(value) && (value < -kRangeSlack || value > 1 + kRangeSlack)) {
        return "has the probability " + Shown(value) + ", outside 0 to 1";
      }
    }
    return {};
  }

  static std::string WrongSumOf(const TensorView& tensor) {
    const bool half = tensor.type == DataType::kFp16 || tensor.type == DataType::kBf16;
    const auto classes = static_cast<std::size_t>(tensor.shape[1]);
    for (std::size_t from = 0; from + classes <= tensor.elements(); from += classes) {
      double sum = 0;
      for (std::size_t i = 0; i < classes; ++i) sum += model::NumberAt(tensor, from + i);
      std::string problem = WrongSum(sum, half ? kHalfSumTolerance : kSumTolerance);
      if (!problem.empty()) return problem;
    }
    return {};
  }
  // A sum of NaN is found as such.
  static std::string WrongSum(double sum, double tolerance) {
    if (!(std::abs(sum - 1) > tolerance)) return {};
    return "has probabilities that sum to " + Shown(sum) + ", not to 1";
  }

  // One output for each label. Their probabilities sum to 1, too.
  void JudgeColumns() {
    if (scores_.size() < 2 || RoleOf(scores_.front()) != OutputRole::kProbability) return;
    Tally sums;
    for (const TrialRow& row : rows_) {
      const auto scores = ScoresOf(row);
      if (!scores) continue;
      double sum = 0;
      for (const double score : *scores) sum += score;
      sums.Add(row, Decides(row), WrongSum(sum, kSumTolerance));
    }
    Report(sums, AnswerCheck::kSum, scores_.front(), sums.most_refute() && IsEnough(sums));
  }

  // The class of a label, which is its place in the list of labels.
  std::optional<std::size_t> ClassAt(const TensorView& tensor, std::size_t at) const {
    const std::size_t count = model::Count(manifest_.labels);
    const auto* texts = std::get_if<std::vector<std::string>>(&manifest_.labels);
    const auto* integers = std::get_if<std::vector<std::int64_t>>(&manifest_.labels);
    const auto place = [count](std::ptrdiff_t found) {
      const auto index = static_cast<std::size_t>(found);
      return index < count ? std::optional(index) : std::nullopt;
    };
    if (tensor.type == DataType::kBytes) {
      if (texts == nullptr) return std::nullopt;
      return place(std::ranges::find(*texts, tensor.strings[at]) - texts->begin());
    }
    const std::int64_t label = IntegerOf(tensor, at);
    // An integer beside string labels is a position in their list.
    if (integers == nullptr) return label < 0 ? std::nullopt : place(label);
    return place(std::ranges::find(*integers, label) - integers->begin());
  }

  static std::int64_t IntegerOf(const TensorView& tensor, std::size_t at) {
    if (tensor.type != DataType::kInt64) {
      return static_cast<std::int64_t>(model::NumberAt(tensor, at));
    }
    std::int64_t value = 0;
    std::memcpy(&value, tensor.bytes.data() + at * sizeof value, sizeof value);
    return value;
  }

  static std::string LabelAt(const TensorView& tensor, std::size_t at) {
    if (tensor.type == DataType::kBytes) return "'" + tensor.strings[at] + "'";
    return std::to_string(IntegerOf(tensor, at));
  }

  // Compares the label of each row with its highest score, where both outputs can be read.
  void JudgeHighest() {
    if (!label_ || scores_.empty() || model::Count(manifest_.labels) < 2) return;
    Tally tally;
    std::set<std::pair<std::size_t, std::size_t>> pairs;  // (label, highest) where they differ
    for (const TrialRow& row : rows_) {
      const auto pair = LabelAndHighest(row);
      if (!pair) continue;
      const auto [told, highest] = *pair;
      const bool differ = told != highest;
      if (differ && Decides(row)) pairs.insert(*pair);
      tally.Add(row, Decides(row),
                differ ? "is " + model::LabelText(manifest_.labels, told) +
                             ", and the highest score is that of " +
                             model::LabelText(manifest_.labels, highest)
                       : "");
    }
    Report(tally, AnswerCheck::kHighest, *label_, tally.most_refute() && pairs.size() > 1);
  }

  // The scores of the row in label order, all finite. Nothing where they cannot be read so.
  std::optional<std::vector<double>> ScoresOf(const TrialRow& row) const {
    if (!row.failed.empty()) return std::nullopt;
    const std::size_t classes = model::Count(manifest_.labels);
    std::vector<double> scores;
    for (const std::size_t output : scores_) {
      const TensorView& tensor = row.outputs[output];
      const auto role = RoleOf(output);
      if (!role || !IsReadable(tensor, *role)) return std::nullopt;
      const std::size_t taken = scores_.size() > 1 ? 1 : std::min(classes, tensor.elements());
      for (std::size_t i = 0; i < std::min(taken, tensor.elements()); ++i) {
        scores.push_back(model::NumberAt(tensor, i));
      }
    }
    // One decision score is that of the second label.
    if (scores.size() == 1 && classes == 2) scores = {-scores.front(), scores.front()};
    const bool sound = scores.size() == classes && std::ranges::all_of(scores, [](double score) {
                         return std::isfinite(score);
                       });
    return sound ? std::optional(std::move(scores)) : std::nullopt;
  }

  // Nothing where the row has no label in the list, scores that are not read, or two scores that
  // are nearly the highest.
  std::optional<std::pair<std::size_t, std::size_t>> LabelAndHighest(const TrialRow& row) const {
    const auto scores = ScoresOf(row);
    if (!scores) return std::nullopt;
    const TensorView& label = row.outputs[*label_];
    if (!IsReadable(label, OutputRole::kLabel) || label.elements() == 0) return std::nullopt;
    const auto told = ClassAt(label, 0);
    if (!told) return std::nullopt;
    const auto highest =
        static_cast<std::size_t>(std::ranges::max_element(*scores) - scores->begin());
    const double ahead = (*scores)[highest] - (*scores)[*told];
    if (*told != highest && ahead < kClearMargin) return std::nullopt;
    return std::pair(*told, highest);
  }

  const model::Manifest& manifest_;
  std::span<const TrialRow> rows_;
  bool given_ = false;                // golden requests or reference data were answered
  std::optional<std::size_t> label_;  // outputs of the signature
  std::vector<std::size_t> scores_;   // one for all labels, or one for each
  std::vector<ProbeFinding> findings_;
};

}  // namespace

std::vector<ProbeFinding> JudgeAnswers(const model::Manifest& manifest,
                                       std::span<const TrialRow> rows) {
  return AnswerJudge(manifest, rows).Run();
}

}  // namespace moorage::servable

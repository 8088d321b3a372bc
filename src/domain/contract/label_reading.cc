#include "domain/contract/label_reading.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>

namespace moorage::contract {

namespace {

using base::Code;
using base::Error;
using base::Result;
using model::OutputRole;

Error LabelProblem(const std::string& why) {
  Error error{Code::kInvalid, "labels: " + why, {{"labels", why}}};
  error.remedy = base::Remedy{base::RemedyKind::kListLabels};
  return error;
}

std::vector<std::string> Texts(const model::Labels& labels) {
  std::vector<std::string> texts;
  texts.reserve(model::Count(labels));
  for (std::size_t i = 0; i < model::Count(labels); ++i) {
    texts.push_back(model::LabelText(labels, i));
  }
  return texts;
}

// The same labels. The user may write integers for strings of digits, so texts are compared.
bool SameTexts(const model::Labels& a, const model::Labels& b) { return Texts(a) == Texts(b); }

bool SameSet(const model::Labels& a, const model::Labels& b) {
  std::vector<std::string> left = Texts(a);
  std::vector<std::string> right = Texts(b);
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  return left == right;
}

model::Labels Positions(std::size_t count) {
  std::vector<std::int64_t> positions(count);
  std::iota(positions.begin(), positions.end(), std::int64_t{0});
  return positions;
}

bool ArePositions(const model::Labels& labels) {
  return std::holds_alternative<std::vector<std::int64_t>>(labels) &&
         labels == Positions(model::Count(labels));
}

bool AreStrings(const model::Labels& labels) {
  return std::holds_alternative<std::vector<std::string>>(labels);
}

// What is known of the labels before they are read, each with the output that shows it.
class LabelSources {
 public:
  LabelSources(const model::Manifest& manifest, const Metadata& told, const GraphFacts& graph)
      : manifest_(manifest), told_(told), graph_(graph) {
    for (const model::TensorSpec& spec : manifest.signature.outputs) {
      const auto role = manifest.output_roles.find(spec.name);
      if (role == manifest.output_roles.end()) {
        // A label output of an odd shape is not read, and still shows what the classes are. Where
        // the user gives the roles, the output was left out on purpose.
        if (told.output_roles.empty() && IsLabelName(spec.name)) unread_ = &spec;
      } else if (role->second == OutputRole::kLabel) {
        label_ = &spec;
      } else {
        columns_.push_back(&spec);
      }
    }
    // Several outputs are one column of one class each.
    if (columns_.size() == 1 &&
        manifest.output_roles.at(columns_[0]->name) != OutputRole::kProbability) {
      scores_ = columns_[0];
      columns_.clear();
    }
  }

  Result<LabelReading> Read() {
    RETURN_IF_ERROR(FindKnown());
    if (told_.labels && model::Count(*told_.labels) > 0) {
      ASSIGN_OR_RETURN(const model::Labels told, CheckTold(*told_.labels));
      return LabelReading{InOrderOfColumns(told), {}};
    }
    if (known_) {
      return LabelReading{InOrderOfColumns(*known_), "labels: " + ListLabels(*known_) +
                                                         ", because the " + because_ +
                                                         " of output '" + shown_by_ + "' has them"};
    }
    return Unknown();
  }

 private:
  // Sets known_, because_ and shown_by_, or positions_.
  base::Status FindKnown() {
    const model::TensorSpec* chosen = label_ != nullptr ? label_ : unread_;
    const model::OutputOrigin& of_label = chosen == nullptr ? kNothing_ : Origin(*chosen);
    const model::OutputOrigin& of_scores = scores_ == nullptr ? kNothing_ : Origin(*scores_);
    positions_ = of_label.positions && label_ != nullptr;
    if (of_label.labels) Know(*of_label.labels, of_label, chosen->name);
    if (!of_scores.labels) return {};
    // The keys of maps are the labels as clients see them, in the order of the columns.
    const bool maps = scores_->kind == model::ValueKind::kMapSequence;
    const bool named_positions = positions_ && AreStrings(*of_scores.labels);
    if (maps && label_ != nullptr && !named_positions &&
        (positions_ || (known_ && !SameSet(*known_, *of_scores.labels)))) {
      if (!ArePositions(*of_scores.labels)) {
        Error error =
            LabelProblem("output '" + label_->name + "' answers " +
                         (positions_ ? "positions" : ListLabels(*known_)) + ", but output '" +
                         scores_->name + "' has the keys " + ListLabels(*of_scores.labels) +
                         ": leave one of the two out by naming the roles of the outputs");
        const OutputRole role = manifest_.output_roles.at(scores_->name);
        error.remedy = base::Remedy{base::RemedyKind::kNameRoles,
                                    scores_->name + "=" + std::string(model::Name(role))};
        return error;
      }
    }
    // Of a classifier further inside the scores show other labels than the label output does.
    if (!known_ ? !positions_ || maps : maps) Know(*of_scores.labels, of_scores, scores_->name);
    return {};
  }

  const model::OutputOrigin& Origin(const model::TensorSpec& spec) const {
    return graph_.OriginOf(spec.name);
  }

  void Know(const model::Labels& labels, const model::OutputOrigin& origin,
            const std::string& output) {
    known_ = labels;
    because_ = origin.node;
    shown_by_ = output;
  }

  // The labels that the user states, in the type that the graph gives them.
  Result<model::Labels> CheckTold(const model::Labels& told) const {
    if (known_) {
      if (SameTexts(told, *known_)) return *known_;
      // Names for what the graph counts from 0.
      const bool names =
          AreStrings(told) && ArePositions(*known_) && model::Count(told) == model::Count(*known_);
      if (names) return told;
      return LabelProblem(ListLabels(told) + " contradict the graph, whose " + because_ +
                          " of output '" + shown_by_ + "' has " + ListLabels(*known_));
    }
    if (positions_ && !AreStrings(told) && !ArePositions(told)) {
      return LabelProblem(ListLabels(told) + " contradict the graph, whose output '" +
                          label_->name +
                          "' answers positions from 0: give their names, or leave "
                          "the output out by naming the roles of the others");
    }
    return told;
  }

  // Labels whose probabilities are one output each stand in the order of these outputs.
  model::Labels InOrderOfColumns(const model::Labels& labels) const {
    const std::size_t count = model::Count(labels);
    if (columns_.size() != count) return labels;
    std::vector<std::size_t> order;
    for (const model::TensorSpec* column : columns_) {
      for (std::size_t i = 0; i < count; ++i) {
        if (IsColumnOf(column->name, labels, i)) order.push_back(i);
      }
    }
    // Outputs of other names are the labels in the order in which they were given.
    if (order.size() != count) return labels;
    return std::visit(
        [&](const auto& list) -> model::Labels {
          std::remove_cvref_t<decltype(list)> ordered;
          for (const std::size_t index : order) ordered.push_back(list[index]);
          return ordered;
        },
        labels);
  }

  // Neither the user nor the graph names the labels.
  Result<LabelReading> Unknown() const {
    if (!columns_.empty()) {
      return LabelProblem("the graph does not say which class output '" + columns_[0]->name +
                          "' and the others stand for: list them in the order of the outputs");
    }
    if (scores_ == nullptr) {
      return LabelReading{{}, "labels: unknown, because the model answers only the label itself"};
    }
    const bool strings = (label_ != nullptr && label_->type == model::DataType::kBytes) ||
                         (scores_->kind == model::ValueKind::kMapSequence &&
                          scores_->key_type == model::DataType::kBytes);
    if (strings) {
      return LabelProblem(
          "the model answers strings, and the graph does not say which: list them in the order of "
          "output '" +
          scores_->name + "'");
    }
    std::int64_t count = scores_->shape.size() == 2 ? scores_->shape[1] : -1;
    const OutputRole role = manifest_.output_roles.at(scores_->name);
    // A sigmoid has one column for two classes, and so may decision scores have.
    if (role == OutputRole::kSigmoid || (role == OutputRole::kScores && count == 1)) count = 2;
    if (count < 1) {
      return LabelProblem("the graph does not say how many classes output '" + scores_->name +
                          "' has: list the labels");
    }
    if (label_ != nullptr && !positions_) {
      return LabelProblem("the graph does not show which integers output '" + label_->name +
                          "' answers: list the labels in the order of output '" + scores_->name +
                          "'");
    }
    return LabelReading{Positions(static_cast<std::size_t>(count)),
                        "labels: 0 to " + std::to_string(count - 1) + ", because output '" +
                            scores_->name + "' has " + std::to_string(count) +
                            " classes and the metadata does not name them"};
  }

  const model::OutputOrigin kNothing_ = {};
  const model::Manifest& manifest_;
  const Metadata& told_;
  const GraphFacts& graph_;
  const model::TensorSpec* label_ = nullptr;
  const model::TensorSpec* unread_ = nullptr;  // a label output without a role
  const model::TensorSpec* scores_ = nullptr;
  std::vector<const model::TensorSpec*> columns_;  // one output for each class
  std::optional<model::Labels> known_;             // from the graph
  std::string because_;                            // the node that shows known_
  std::string shown_by_;                           // its output
  bool positions_ = false;                         // the label output answers positions
};

}  // namespace

Result<LabelReading> ReadLabels(const model::Manifest& manifest, const Metadata& told,
                                const GraphFacts& graph) {
  return LabelSources(manifest, told, graph).Read();
}

bool IsLabelName(std::string_view name) { return name == "label" || name == "output_label"; }

bool IsColumnOf(std::string_view output, const model::Labels& labels, std::size_t index) {
  const char prefix = AreStrings(labels) ? 's' : 'i';
  return !output.empty() && output[0] == prefix &&
         output.substr(1) == model::LabelText(labels, index);
}

bool MayBeClassColumn(std::string_view output) {
  if (output.size() < 2) return false;
  if (output[0] == 's') return true;
  std::int64_t label = 0;
  const char* const end = output.data() + output.size();
  return output[0] == 'i' && std::from_chars(output.data() + 1, end, label).ptr == end;
}

std::string ListLabels(const model::Labels& labels) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(model::Count(labels), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + model::LabelText(labels, i);
  }
  if (model::Count(labels) > kShown) text += ", ...";
  return text;
}

}  // namespace moorage::contract

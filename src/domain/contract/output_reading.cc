#include "domain/contract/output_reading.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "domain/contract/label_reading.h"

namespace moorage::contract {

namespace {

using base::Code;
using base::Error;
using base::Result;

// The outputs of a graph, sorted by what they could be. Every output is in one list at most.
struct Candidates {
  std::vector<const model::TensorSpec*> label;     // integers or strings, [N], named as a label
  std::vector<const model::TensorSpec*> severals;  // named as a label, with several columns
  std::vector<const model::TensorSpec*> classes;   // one number for each row, named as a class
  std::vector<const model::TensorSpec*> probabilities;  // named so, or maps
  std::vector<const model::TensorSpec*> logits;         // named so
  std::vector<const model::TensorSpec*> value;          // named as a regressor's answer
  std::vector<const model::TensorSpec*> column;         // numbers, [N] or [N,1], of no telling name
  std::vector<const model::TensorSpec*> matrix;         // floating-point, [N,C], of no telling name
  std::vector<const model::TensorSpec*> unshaped;       // floating-point, without a declared shape
  std::vector<const model::TensorSpec*> discrete;  // integers or strings, [N], of no telling name
};

bool IsOneOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The labels that the user states, or those that a label output shows, whatever its shape.
const model::Labels* KnownLabels(const OutputQuestion& question) {
  if (question.labels && model::Count(*question.labels) > 0) return &*question.labels;
  for (const model::TensorSpec& spec : question.signature.outputs) {
    const model::OutputOrigin& origin = question.graph.OriginOf(spec.name);
    if (IsLabelName(spec.name) && origin.labels) return &*origin.labels;
  }
  return nullptr;
}

// Moves the columns that are named as the labels from `column` to `classes`, if there is one for
// each label.
void SortClasses(const OutputQuestion& question, Candidates& sorted) {
  const model::Labels* labels = KnownLabels(question);
  if (labels == nullptr || sorted.column.size() < model::Count(*labels)) return;
  std::map<std::string_view, const model::TensorSpec*> by_name;
  for (const model::TensorSpec* spec : sorted.column) by_name.emplace(spec->name, spec);
  std::vector<const model::TensorSpec*> classes;
  for (std::size_t i = 0; i < model::Count(*labels); ++i) {
    // The user may have written integers for labels that are strings of digits.
    for (const char* prefix : {"i", "s"}) {
      const auto found = by_name.find(prefix + model::LabelText(*labels, i));
      if (found == by_name.end()) continue;
      classes.push_back(found->second);
      break;
    }
  }
  if (classes.size() != model::Count(*labels)) return;
  for (const model::TensorSpec* spec : classes) std::erase(sorted.column, spec);
  sorted.classes = std::move(classes);
}

// Each name is one that an exporter gives. skl2onnx writes `label` and `probabilities`, or with
// ZipMap `output_label` and `output_probability`. It names the value of a regressor `variable`.
// Exporters of neural networks name `logits`.
Candidates Sort(const OutputQuestion& question) {
  Candidates sorted;
  const std::int64_t rows = question.rows;
  // A classifier that was trained on one class has one column of probabilities.
  const model::Labels* labels = KnownLabels(question);
  const bool has_one_label = labels != nullptr && model::Count(*labels) == 1;
  for (const model::TensorSpec& spec : question.signature.outputs) {
    if (spec.kind == model::ValueKind::kMapSequence) {
      // Only ZipMap answers a sequence of maps, so the kind decides and the name does not matter.
      if (model::IsFloating(spec.type)) sorted.probabilities.push_back(&spec);
      continue;
    }
    const bool floating = model::IsFloating(spec.type);
    const bool discrete = model::IsInteger(spec.type) || spec.type == model::DataType::kBytes;
    const std::size_t rank = spec.shape.size();
    // A graph may leave a shape or a dimension open. Such an output may be a column or a matrix,
    // and its name decides.
    const bool follows_rows =
        !spec.has_shape || (rank > 0 && (spec.shape[0] < 0 || spec.shape[0] == rows));
    const bool column = rank == 1 || (rank == 2 && spec.shape[1] == 1);
    const bool may_be_column = !spec.has_shape || column || (rank == 2 && spec.shape[1] < 0);
    const bool may_be_matrix =
        !spec.has_shape || (rank == 2 && (spec.shape[1] != 1 || has_one_label));
    // An output of another first dimension has no answer for each row. A boolean is neither a label
    // nor a score.
    if (!follows_rows || (!floating && !discrete)) continue;
    if (discrete) {
      if (IsLabelName(spec.name)) {
        (may_be_column ? sorted.label : sorted.severals).push_back(&spec);
      } else if (column) {
        sorted.discrete.push_back(&spec);
      }
    } else if (may_be_matrix && IsOneOf(spec.name, {"probabilities", "output_probability"})) {
      sorted.probabilities.push_back(&spec);
    } else if (may_be_matrix && spec.name == "logits") {
      sorted.logits.push_back(&spec);
    } else if (may_be_column && spec.name == "variable") {
      sorted.value.push_back(&spec);
    } else if (!spec.has_shape) {
      sorted.unshaped.push_back(&spec);
    } else if (column) {
      sorted.column.push_back(&spec);
    } else if (rank == 2) {
      sorted.matrix.push_back(&spec);
    }
  }
  SortClasses(question, sorted);
  return sorted;
}

std::string Quoted(const model::TensorSpec& spec) {
  return "'" + spec.name + "' " +
         (spec.has_shape ? model::FormatShape(spec.shape) : "of unknown shape");
}

std::string Quoted(const std::vector<const model::TensorSpec*>& specs) {
  std::string text;
  for (const model::TensorSpec* spec : specs) text += (text.empty() ? "" : ", ") + Quoted(*spec);
  return text;
}

// `roles` are some that answer, for instance "label=label".
Error AskRoles(const std::string& what, std::string roles) {
  return Error{.code = Code::kInvalid,
               .message = what + ": say which in the metadata, for instance \"output_roles\": {\"" +
                          "<output>\": \"label|probabilities|logits|scores|sigmoid|value\"}",
               .details = {{"output_roles", what}},
               .remedy = base::Remedy{base::RemedyKind::kNameRoles, std::move(roles)}};
}

std::string AnyRole(model::OutputRole role) { return "OUTPUT=" + std::string(Name(role)); }

std::string RoleOf(const model::TensorSpec& spec, model::OutputRole role) {
  return spec.name + "=" + std::string(Name(role));
}

Error AskTaskOrRoles(const std::string& what) {
  return Error{.code = Code::kInvalid,
               .message = what + ": decide in the metadata with \"task\" or \"output_roles\"",
               .details = {{"task", what}, {"output_roles", what}},
               .remedy = base::Remedy{base::RemedyKind::kNameTask}};
}

void Assign(OutputReading& reading, const model::TensorSpec& spec, model::OutputRole role,
            const std::string& because) {
  reading.roles.emplace(spec.name, role);
  reading.notes.push_back("output '" + spec.name + "': " + std::string(Name(role)) + ", because " +
                          because);
}

std::vector<const model::TensorSpec*> Joined(
    std::initializer_list<const std::vector<const model::TensorSpec*>*> lists) {
  std::vector<const model::TensorSpec*> all;
  for (const auto* list : lists) all.insert(all.end(), list->begin(), list->end());
  return all;
}

Result<OutputReading> ReadRegression(const Candidates& sorted) {
  OutputReading reading{.task = model::Task::kRegression, .roles = {}, .notes = {}};
  const auto any = Joined({&sorted.value, &sorted.column, &sorted.unshaped});
  // The name wins over other columns, which may be anything.
  if (sorted.value.size() == 1) {
    Assign(reading, *sorted.value[0], model::OutputRole::kValue, "of its name");
  } else if (any.size() == 1) {
    Assign(reading, *any[0], model::OutputRole::kValue, "it is the only number for each row");
  } else if (any.empty()) {
    return AskRoles("a regression needs an output with one number for each row, and none is plain",
                    AnyRole(model::OutputRole::kValue));
  } else {
    return AskRoles("the outputs " + Quoted(any) + " could each be the regression's value",
                    RoleOf(*any[0], model::OutputRole::kValue));
  }
  return reading;
}

// The role of an output that is named as probabilities.
void AssignProbabilities(const OutputQuestion& question, const model::TensorSpec& spec,
                         OutputReading& reading) {
  const bool maps = spec.kind == model::ValueKind::kMapSequence;
  if (question.graph.OriginOf(spec.name).scores == model::ScoreKind::kDecision) {
    Assign(reading, spec, model::OutputRole::kScores,
           "the graph computes decision scores, which have no bounds");
  } else {
    Assign(reading, spec, model::OutputRole::kProbabilities,
           maps ? "it is a sequence of maps" : "of its name");
  }
}

// Adds the output of no telling name that holds scores, if the graph shows what they are.
base::Status ReadOpenScores(const OutputQuestion& question, const Candidates& sorted,
                            OutputReading& reading) {
  const auto open = Joined({&sorted.column, &sorted.matrix, &sorted.unshaped, &sorted.value});
  if (open.empty()) return {};
  // Beside a label the column is not read so, because it could be a distance or a confidence
  // (docs/formats/metadata.md).
  if (reading.roles.empty() && open.size() == 1 && sorted.column.size() == 1) {
    Assign(reading, *open[0], model::OutputRole::kSigmoid,
           "a classification's only number for each row is the probability of the second label");
    return {};
  }
  const bool columns = open.size() > 1 && open.size() == sorted.column.size() &&
                       std::ranges::all_of(open, [](const model::TensorSpec* spec) {
                         return MayBeClassColumn(spec->name);
                       });
  if (columns && !sorted.label.empty() &&
      question.graph.OriginOf(sorted.label[0]->name).positions) {
    std::string roles;
    for (const model::TensorSpec* spec : open) {
      roles += (roles.empty() ? "" : ",") + RoleOf(*spec, model::OutputRole::kProbability);
    }
    return AskRoles("the outputs " + Quoted(open) + " are named as classes, but output " +
                        Quoted(*sorted.label[0]) + " answers positions from 0",
                    std::move(roles));
  }
  if (columns && !sorted.label.empty()) {
    const std::string why = "the outputs " + Quoted(open) +
                            " could be the probabilities of one class each, and the graph does not "
                            "show the classes: list them in this order";
    Error error{Code::kInvalid, "labels: " + why, {{"labels", why}}};
    error.remedy = base::Remedy{base::RemedyKind::kListLabels};
    return error;
  }
  const model::ScoreKind kind = question.graph.OriginOf(open[0]->name).scores;
  if (open.size() == 1 && !sorted.matrix.empty() && kind != model::ScoreKind::kUnknown) {
    const bool decision = kind == model::ScoreKind::kDecision;
    Assign(reading, *open[0],
           decision ? model::OutputRole::kScores : model::OutputRole::kProbabilities,
           decision ? "the graph computes decision scores, which have no bounds"
                    : "the graph ends in a function that makes probabilities");
    return {};
  }
  return AskRoles("the output" + std::string(open.size() > 1 ? "s " : " ") + Quoted(open) +
                      " could be probabilities, logits or other scores",
                  sorted.label.empty() ? RoleOf(*open[0], model::OutputRole::kProbabilities)
                                       : RoleOf(*sorted.label[0], model::OutputRole::kLabel));
}

// Adds the output that holds scores, if there is one. It is an error if several outputs could.
base::Status ReadScores(const OutputQuestion& question, const Candidates& sorted,
                        OutputReading& reading) {
  // Probabilities win over logits, which would still have to become probabilities.
  if (sorted.probabilities.size() == 1) {
    AssignProbabilities(question, *sorted.probabilities[0], reading);
    return {};
  }
  if (sorted.probabilities.size() > 1) {
    return AskRoles(
        "the outputs " + Quoted(sorted.probabilities) + " could each be the probabilities",
        RoleOf(*sorted.probabilities[0], model::OutputRole::kProbabilities));
  }
  if (!sorted.classes.empty()) {
    const bool decision =
        question.graph.OriginOf(sorted.classes[0]->name).scores == model::ScoreKind::kDecision;
    for (const model::TensorSpec* spec : sorted.classes) {
      Assign(reading, *spec,
             decision ? model::OutputRole::kScores : model::OutputRole::kProbability,
             "it is named as one of the labels");
    }
    return {};
  }
  if (sorted.logits.size() == 1) {
    Assign(reading, *sorted.logits[0], model::OutputRole::kLogits, "of its name");
    return {};
  }
  return ReadOpenScores(question, sorted, reading);
}

Result<OutputReading> ReadClassification(const OutputQuestion& question, const Candidates& sorted) {
  OutputReading reading{.task = model::Task::kClassification, .roles = {}, .notes = {}};
  // Where the user states a classification, a discrete output needs no telling name. ReadFreely
  // passes none.
  const auto& labels = sorted.label.empty() ? sorted.discrete : sorted.label;
  if (!sorted.severals.empty()) {
    return AskRoles("the output " + Quoted(sorted.severals) +
                        " gives several labels for each row, which the task 'other' serves",
                    AnyRole(model::OutputRole::kProbabilities));
  }
  if (labels.size() > 1) {
    return AskRoles("the outputs " + Quoted(labels) + " could each be the label",
                    RoleOf(*labels[0], model::OutputRole::kLabel));
  }
  if (!labels.empty()) {
    Assign(reading, *labels[0], model::OutputRole::kLabel,
           sorted.label.empty() ? "it is the only output that can hold one" : "of its name");
  }
  RETURN_IF_ERROR(ReadScores(question, sorted, reading));
  if (reading.roles.empty()) {
    return AskRoles(
        "a classification needs an output with labels or probabilities, and none is plain",
        AnyRole(model::OutputRole::kLabel));
  }
  return reading;
}

// Some exporters declare shapes that do not follow the rows, although the outputs do. A label
// output whose labels the graph shows is asked for, and not left to the task 'other' without a
// word.
std::optional<Error> AskDespiteShapes(const OutputQuestion& question) {
  for (const model::TensorSpec& label : question.signature.outputs) {
    const auto& labels = question.graph.OriginOf(label.name).labels;
    if (!IsLabelName(label.name) || !labels || label.kind == model::ValueKind::kMapSequence)
      continue;
    std::string roles = RoleOf(label, model::OutputRole::kLabel);
    for (const model::TensorSpec& spec : question.signature.outputs) {
      for (std::size_t i = 0; i < model::Count(*labels); ++i) {
        const std::string name = model::LabelText(*labels, i);
        if (spec.name != "i" + name && spec.name != "s" + name) continue;
        roles += "," + RoleOf(spec, model::OutputRole::kProbability);
      }
    }
    return AskRoles("output " + Quoted(label) +
                        " answers labels, but its declared shape does not follow the rows",
                    std::move(roles));
  }
  return std::nullopt;
}

// The user states no task, so only outputs with a single reading are read.
Result<OutputReading> ReadFreely(const OutputQuestion& question, const Candidates& sorted) {
  if (!sorted.severals.empty()) {
    return OutputReading{.task = model::Task::kOther,
                         .roles = {},
                         .notes = {"task: other, because output " + Quoted(sorted.severals) +
                                   " gives several labels for each row"}};
  }
  const bool scores =
      !sorted.probabilities.empty() || !sorted.logits.empty() || !sorted.classes.empty();
  if (scores || !sorted.label.empty()) {
    Candidates named = sorted;
    // Without a stated task, an integer output that is not named as a label may be anything.
    named.discrete.clear();
    ASSIGN_OR_RETURN(OutputReading reading, ReadClassification(question, named));
    reading.notes.insert(reading.notes.begin(),
                         "task: classification, because the graph has labels or probabilities");
    return reading;
  }
  const auto open = Joined({&sorted.column, &sorted.matrix, &sorted.unshaped, &sorted.discrete});
  // Beside other open outputs the name `variable` alone does not decide, and the user is asked.
  if (sorted.value.size() == 1 && open.empty()) {
    ASSIGN_OR_RETURN(OutputReading reading, ReadRegression(sorted));
    reading.notes.insert(reading.notes.begin(),
                         "task: regression, because the graph's output is named 'variable'");
    return reading;
  }
  const auto all = Joined({&sorted.value, &open});
  if (all.empty()) {
    if (auto asked = AskDespiteShapes(question)) return *std::move(asked);
    return OutputReading{
        .task = model::Task::kOther,
        .roles = {},
        .notes = {"task: other, because no output can be a label, probabilities or "
                  "a value for each row"}};
  }
  if (all.size() > 1) {
    return AskTaskOrRoles("the outputs " + Quoted(all) + " can be read in several ways");
  }
  const std::string output = "the output " + Quoted(*all[0]);
  if (!sorted.matrix.empty()) {
    return AskTaskOrRoles(output + " could be probabilities, logits or several values");
  }
  if (!sorted.discrete.empty()) {
    return AskTaskOrRoles(output + " could be a label or a value");
  }
  return AskTaskOrRoles(output +
                        " could be a regression's value or the probability of the second label");
}

}  // namespace

Result<OutputReading> ReadOutputs(const OutputQuestion& question) {
  const Candidates sorted = Sort(question);
  if (!question.task) return ReadFreely(question, sorted);
  switch (*question.task) {
    case model::Task::kRegression:
      return ReadRegression(sorted);
    case model::Task::kClassification:
      return ReadClassification(question, sorted);
    case model::Task::kOther:
      break;
  }
  return OutputReading{};
}

}  // namespace moorage::contract

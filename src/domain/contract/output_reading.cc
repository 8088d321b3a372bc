#include "domain/contract/output_reading.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace moorage::contract {

namespace {

using base::Code;
using base::Error;
using base::Result;

// The outputs of a graph, sorted by what they could be. Every output is in one list at most.
struct Candidates {
  std::vector<const model::TensorSpec*> label;  // integers or strings, [N], named as a label
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

// Each name is one that an exporter gives. skl2onnx writes `label` and `probabilities`, or with
// ZipMap `output_label` and `output_probability`. It names the value of a regressor `variable`.
// Exporters of neural networks name `logits`.
Candidates Sort(const std::vector<model::TensorSpec>& outputs, std::int64_t rows) {
  Candidates sorted;
  for (const model::TensorSpec& spec : outputs) {
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
    const bool may_be_matrix = !spec.has_shape || (rank == 2 && spec.shape[1] != 1);
    // An output of another first dimension has no answer for each row. A boolean is neither a label
    // nor a score.
    if (!follows_rows || (!floating && !discrete)) continue;
    if (discrete) {
      if (may_be_column && IsOneOf(spec.name, {"label", "output_label"})) {
        sorted.label.push_back(&spec);
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

Error AskRoles(const std::string& what) {
  return Error{Code::kInvalid,
               what + ": say which in the metadata, for instance \"output_roles\": {\"" +
                   "<output>\": \"label|probabilities|logits|sigmoid|value\"}",
               {{"output_roles", what}}};
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
    return AskRoles("a regression needs an output with one number for each row, and none is plain");
  } else {
    return AskRoles("the outputs " + Quoted(any) + " could each be the regression's value");
  }
  return reading;
}

// Adds the output that holds scores, if there is one. It is an error if several outputs could.
base::Status ReadScores(const Candidates& sorted, OutputReading& reading) {
  // Probabilities win over logits, which would still have to become probabilities.
  if (sorted.probabilities.size() == 1) {
    const model::TensorSpec& spec = *sorted.probabilities[0];
    Assign(
        reading, spec, model::OutputRole::kProbabilities,
        spec.kind == model::ValueKind::kMapSequence ? "it is a sequence of maps" : "of its name");
    return {};
  }
  if (sorted.probabilities.size() > 1) {
    return AskRoles("the outputs " + Quoted(sorted.probabilities) +
                    " could each be the probabilities");
  }
  if (sorted.logits.size() == 1) {
    Assign(reading, *sorted.logits[0], model::OutputRole::kLogits, "of its name");
    return {};
  }
  const auto open = Joined({&sorted.column, &sorted.matrix, &sorted.unshaped, &sorted.value});
  if (open.empty()) return {};
  // Beside a label the column is not read so, because it could be a distance or a confidence
  // (docs/formats/metadata.md).
  if (reading.roles.empty() && open.size() == 1 && sorted.column.size() == 1) {
    Assign(reading, *open[0], model::OutputRole::kSigmoid,
           "a classification's only number for each row is the probability of the second label");
    return {};
  }
  return AskRoles("the output" + std::string(open.size() > 1 ? "s " : " ") + Quoted(open) +
                  " could be probabilities, logits or other scores");
}

Result<OutputReading> ReadClassification(const Candidates& sorted) {
  OutputReading reading{.task = model::Task::kClassification, .roles = {}, .notes = {}};
  // Where the user states a classification, a discrete output needs no telling name. ReadFreely
  // passes none.
  const auto& labels = sorted.label.empty() ? sorted.discrete : sorted.label;
  if (labels.size() > 1) {
    return AskRoles("the outputs " + Quoted(labels) + " could each be the label");
  }
  if (!labels.empty()) {
    Assign(reading, *labels[0], model::OutputRole::kLabel,
           sorted.label.empty() ? "it is the only output that can hold one" : "of its name");
  }
  RETURN_IF_ERROR(ReadScores(sorted, reading));
  if (reading.roles.empty()) {
    return AskRoles(
        "a classification needs an output with labels or probabilities, and none is plain");
  }
  return reading;
}

// The user states no task, so only outputs with a single reading are read.
Result<OutputReading> ReadFreely(const Candidates& sorted) {
  const bool scores = !sorted.probabilities.empty() || !sorted.logits.empty();
  if (scores || !sorted.label.empty()) {
    Candidates named = sorted;
    // Without a stated task, an integer output that is not named as a label may be anything.
    named.discrete.clear();
    ASSIGN_OR_RETURN(OutputReading reading, ReadClassification(named));
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

Result<OutputReading> ReadOutputs(const model::Signature& signature,
                                  std::optional<model::Task> task, std::int64_t rows) {
  const Candidates sorted = Sort(signature.outputs, rows);
  if (!task) return ReadFreely(sorted);
  switch (*task) {
    case model::Task::kRegression:
      return ReadRegression(sorted);
    case model::Task::kClassification:
      return ReadClassification(sorted);
    case model::Task::kOther:
      break;
  }
  return OutputReading{};
}

}  // namespace moorage::contract

#include "domain/contract/infer_manifest.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "domain/contract/label_reading.h"
#include "domain/contract/output_reading.h"
#include "foundation/rows/json_row.h"
#include "foundation/rows/prediction.h"
#include "foundation/rows/row_layout.h"
#include "foundation/rows/row_memory.h"

namespace moorage::contract {

namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// The key of a graph's own metadata under which exporters may put a document of
// docs/formats/metadata.md.
constexpr std::string_view kGraphKey = "moorage.metadata";

Error Contradiction(const std::string& path, const std::string& why) {
  return Error{Code::kInvalid, path + ": " + why, {{path, why}}};
}

Result<Metadata> MetadataOfGraph(const std::map<std::string, std::string>& graph_metadata) {
  const auto found = graph_metadata.find(std::string(kGraphKey));
  if (found == graph_metadata.end()) return Metadata{};
  const std::string where = "the graph's own metadata '" + std::string(kGraphKey) + "'";
  ASSIGN_OR_RETURN(const json::Json json, base::Annotate(where, json::ParseJson(found->second)));
  return base::Annotate(where, MetadataFromJson(json));
}

// Fills a manifest step by step. Every step may refuse, and uses what the steps before it found.
class Inference {
 public:
  Inference(const model::Signature& signature, const Metadata& told, const GraphFacts& graph)
      : told_(told), graph_(graph) {
    manifest().signature = signature;
    manifest().producer = graph.producer;
    manifest().training_date = told.training_date.value_or("");
    manifest().metrics = told.metrics;
    manifest().golden = told.golden;
    manifest().description = told.description.value_or("");
    manifest().notes = told.notes.value_or("");
    manifest().tags = told.tags;
    manifest().allow_missing = told.allow_missing.value_or(false);
    manifest().batchable = told.batchable;
    manifest().sigmoid_threshold = told.sigmoid_threshold.value_or(0.5);
  }

  Result<Inferred> Run() && {
    RETURN_IF_ERROR(CheckTold());
    RETURN_IF_ERROR(InferFeatures());
    RETURN_IF_ERROR(InferOutputs());
    RETURN_IF_ERROR(InferLabels());
    RETURN_IF_ERROR(CheckMeaning());
    RETURN_IF_ERROR(CheckGolden());
    return std::move(inferred_);
  }

 private:
  model::Manifest& manifest() { return inferred_.manifest; }
  void Note(std::string sentence) { inferred_.notes.push_back(std::move(sentence)); }

  Status CheckTold() {
    if (manifest().signature.inputs.empty()) {
      return Error{Code::kInvalid, "the model has no inputs, so it cannot be asked anything"};
    }
    if (manifest().signature.outputs.empty()) {
      return Error{Code::kInvalid, "the model has no outputs, so it answers nothing"};
    }
    for (const auto& [output, role] : told_.output_roles) {
      if (manifest().signature.FindOutput(output)) continue;
      std::string names;
      for (const model::TensorSpec& spec : manifest().signature.outputs) {
        names += (names.empty() ? "'" : ", '") + spec.name + "'";
      }
      return Contradiction("output_roles." + output,
                           "the model has no such output; it has " + names);
    }
    for (const auto& [name, value] : told_.metrics) {
      if (!std::isfinite(value)) return Contradiction("metrics." + name, "must be a finite number");
    }
    return {};
  }

  Status InferFeatures() {
    model::Manifest& manifest = this->manifest();
    if (told_.features) manifest.features = *told_.features;
    auto layout = rows::RowLayout::Make(manifest);
    if (layout.ok()) {
      layout_ = *std::move(layout);
      manifest.features = layout_->names();
      if (!told_.features && !manifest.features.empty()) {
        Note("features: " + std::to_string(manifest.features.size()) + ", called '" +
             manifest.features.front() + "'" +
             (manifest.features.size() > 1 ? " to '" + manifest.features.back() + "'" : "") +
             ", because the metadata does not name them");
      }
      return {};
    }
    // kUnsupported means that rows cannot fill the inputs, which is legal for a model that takes
    // tensors. Any other error is about the names that the user gave.
    if (layout.error().code != Code::kUnsupported) {
      return Error{Code::kInvalid, layout.error().message, {{"features", layout.error().message}}};
    }
    if (told_.features) return Contradiction("features", layout.error().message);
    no_rows_ = layout.error().message;
    Note("features: none, because " + no_rows_);
    return {};
  }

  // The first dimension of the required inputs, if it counts rows: -1, or a fixed number.
  std::optional<std::int64_t> Rows() {
    std::optional<std::int64_t> rows;
    for (const model::TensorSpec& spec : manifest().signature.inputs) {
      if (spec.optional) continue;
      // A fixed [30] is one value of 30 elements, not 30 rows. RowLayout reads it so as well.
      const bool counts =
          spec.has_shape && !spec.shape.empty() && (spec.shape.size() > 1 || spec.shape[0] < 0);
      if (!counts || (rows && *rows != spec.shape[0])) return std::nullopt;
      rows = spec.shape[0];
    }
    return rows;
  }

  Status InferOutputs() {
    if (told_.task == model::Task::kOther && !told_.output_roles.empty()) {
      return Contradiction("output_roles", "the task 'other' gives its outputs no roles");
    }
    // The roles that the user gives are exactly the roles. An inferred one beside them would be a
    // guess.
    if (!told_.output_roles.empty()) {
      manifest().output_roles = told_.output_roles;
      const bool regression =
          std::any_of(told_.output_roles.begin(), told_.output_roles.end(),
                      [](const auto& entry) { return entry.second == model::OutputRole::kValue; });
      manifest().task =
          told_.task.value_or(regression ? model::Task::kRegression : model::Task::kClassification);
      if (!told_.task) {
        Note("task: " + std::string(Name(manifest().task)) + ", because of the output roles");
      }
      return {};
    }
    // Rows may count even where they cannot fill the inputs, as in images of variable size. A
    // prediction for each row still has a meaning then.
    const auto rows = Rows();
    if (!told_.task && !rows) {
      manifest().task = model::Task::kOther;
      Note("task: other, because " + no_rows_);
      return {};
    }
    ASSIGN_OR_RETURN(OutputReading reading, ReadOutputs({.signature = manifest().signature,
                                                         .graph = graph_,
                                                         .task = told_.task,
                                                         .labels = told_.labels,
                                                         .rows = rows.value_or(-1)}));
    manifest().task = reading.task;
    manifest().output_roles = std::move(reading.roles);
    for (std::string& note : reading.notes) Note(std::move(note));
    return {};
  }

  const model::TensorSpec* OutputWith(std::initializer_list<model::OutputRole> roles) {
    for (const model::TensorSpec& spec : manifest().signature.outputs) {
      const auto found = manifest().output_roles.find(spec.name);
      if (found == manifest().output_roles.end()) continue;
      if (std::find(roles.begin(), roles.end(), found->second) != roles.end()) return &spec;
    }
    return nullptr;
  }

  Status InferLabels() {
    if (manifest().task != model::Task::kClassification) {
      if (!told_.labels || model::Count(*told_.labels) == 0) return {};
      return Contradiction("labels", "a model of the task '" + std::string(Name(manifest().task)) +
                                         "' has no labels");
    }
    ASSIGN_OR_RETURN(LabelReading reading, ReadLabels(manifest(), told_, graph_));
    manifest().labels = std::move(reading.labels);
    if (!reading.note.empty()) Note(std::move(reading.note));
    return {};
  }

  Status CheckMeaning() {
    if (told_.sigmoid_threshold && OutputWith({model::OutputRole::kSigmoid}) == nullptr) {
      return Contradiction("sigmoid_threshold", "no output has the role 'sigmoid'");
    }
    if (manifest().task == model::Task::kOther) return {};
    const model::TensorSpec* scores =
        OutputWith({model::OutputRole::kProbabilities, model::OutputRole::kLogits});
    // The runtime reads a map in the order of its keys, so labels in another order would be given
    // the wrong probabilities.
    if (scores != nullptr && scores->kind == model::ValueKind::kMapSequence) {
      const bool ascending =
          std::visit([](const auto& list) { return std::is_sorted(list.begin(), list.end()); },
                     manifest().labels);
      if (!ascending) {
        return Contradiction("labels", "must be in ascending order, because output '" +
                                           scores->name + "' holds maps, which are read by key");
      }
    }
    auto reader = rows::PredictionReader::Make(manifest());
    if (reader.ok()) return {};
    Error error = std::move(reader).error();
    // PredictionReader writes "path: why". The details of an answer have the two apart.
    const std::string path = error.message.substr(0, error.message.find(": "));
    error.details = {{path, error.message.substr(std::min(path.size() + 2, error.message.size()))}};
    return error;
  }

  Status CheckGolden() {
    for (std::size_t i = 0; i < manifest().golden.size(); ++i) {
      const std::string path = "golden[" + std::to_string(i) + "]";
      if (manifest().task == model::Task::kOther || !layout_) {
        return Contradiction(path,
                             "a golden request needs a model that takes rows and answers "
                             "predictions");
      }
      // Storing the row is the check. What it stores is not used.
      rows::RowMemory memory(*layout_);
      RETURN_IF_ERROR(rows::StoreJsonRow(*layout_, memory.target(), manifest().golden[i].features,
                                         path + ".features"));
      RETURN_IF_ERROR(CheckGoldenAnswer(manifest().golden[i], path));
    }
    return {};
  }

  Status CheckGoldenAnswer(const model::GoldenRequest& golden, const std::string& path) {
    const json::Json& answer = golden.prediction;
    const std::size_t labels = model::Count(manifest().labels);
    if (!golden.probability.empty() && golden.probability.size() != labels) {
      return Contradiction(path + ".probability", std::to_string(golden.probability.size()) +
                                                      " numbers, but there are " +
                                                      std::to_string(labels) + " labels");
    }
    if (manifest().task == model::Task::kRegression) {
      if (answer.is_number()) return {};
      return Contradiction(path + ".prediction", "must be a number");
    }
    // The labels are unknown, so any label may be right. The replay compares it with the answer of
    // the model.
    if (labels == 0) return {};
    const std::string text =
        answer.is_string() ? *answer.get_ptr<const json::Json::string_t*>() : json::ToText(answer);
    const bool strings = std::holds_alternative<std::vector<std::string>>(manifest().labels);
    for (std::size_t i = 0; i < labels; ++i) {
      // Types are compared as well as texts, or the string "1" would pass for the label 1.
      if (strings == answer.is_string() && model::LabelText(manifest().labels, i) == text)
        return {};
    }
    return Contradiction(path + ".prediction", json::ToText(answer) + " is not one of the labels");
  }

  const Metadata& told_;
  const GraphFacts& graph_;
  Inferred inferred_;
  std::optional<rows::RowLayout> layout_;
  std::string no_rows_;  // why rows cannot fill the inputs
};

}  // namespace

Result<Inferred> InferManifest(const model::Signature& signature, const Metadata& metadata,
                               const GraphFacts& graph) {
  ASSIGN_OR_RETURN(const Metadata of_graph, MetadataOfGraph(graph.metadata));
  // The file and the options win over the graph (docs/formats/metadata.md).
  const Metadata told = Merge(of_graph, metadata);
  return Inference(signature, told, graph).Run();
}

}  // namespace moorage::contract

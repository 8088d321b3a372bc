#include "domain/contract/infer_manifest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

namespace moorage::contract {
namespace {

using Roles = std::map<std::string, model::OutputRole>;

model::TensorSpec Spec(std::string name, model::DataType type, model::Shape shape) {
  return {.name = std::move(name), .type = type, .shape = std::move(shape)};
}
model::TensorSpec Fp32(std::string name, model::Shape shape) {
  return Spec(std::move(name), model::DataType::kFp32, std::move(shape));
}
model::TensorSpec Maps(std::string name, model::DataType keys) {
  return {.name = std::move(name),
          .shape = {-1, -1},
          .kind = model::ValueKind::kMapSequence,
          .key_type = keys};
}
model::Signature Rows(std::int64_t features, std::vector<model::TensorSpec> outputs) {
  return {.inputs = {Fp32("input", {-1, features})}, .outputs = std::move(outputs)};
}

base::Result<Inferred> Infer(const model::Signature& signature, std::string_view metadata = "{}",
                             std::map<std::string, model::OutputOrigin> outputs = {}) {
  auto json = json::ParseJson(metadata);
  EXPECT_TRUE(json.ok()) << metadata;
  auto read = MetadataFromJson(*json);
  EXPECT_TRUE(read.ok()) << read.error().message;
  return InferManifest(signature, *read,
                       {.metadata = {}, .producer = "test 1.0", .outputs = std::move(outputs)});
}

// The label is chosen by an ArgMax.
const std::map<std::string, model::OutputOrigin> kPositions = {
    {"label", {.labels = {}, .positions = true, .node = "ArgMax"}}};

std::string Refusal(const model::Signature& signature, std::string_view metadata = "{}",
                    std::map<std::string, model::OutputOrigin> outputs = {}) {
  const auto inferred = Infer(signature, metadata, std::move(outputs));
  if (inferred.ok()) return "inferred " + json::ToText(model::ToJson(inferred->manifest));
  EXPECT_EQ(inferred.error().code, base::Code::kInvalid);
  EXPECT_FALSE(inferred.error().details.empty()) << inferred.error().message;
  return inferred.error().message;
}

bool Notes(const Inferred& inferred, const std::string& sentence) {
  return std::find(inferred.notes.begin(), inferred.notes.end(), sentence) != inferred.notes.end();
}

TEST(InferManifest, ReadsALabelAndProbabilitiesAsAClassificationWithoutAsking) {
  const auto inferred = Infer(
      Rows(30, {Spec("label", model::DataType::kInt64, {-1}), Fp32("probabilities", {-1, 2})}),
      "{}", kPositions);
  ASSERT_TRUE(inferred.ok()) << inferred.error().message;
  const model::Manifest& manifest = inferred->manifest;
  EXPECT_EQ(manifest.task, model::Task::kClassification);
  EXPECT_EQ(manifest.output_roles, (Roles{{"label", model::OutputRole::kLabel},
                                          {"probabilities", model::OutputRole::kProbabilities}}));
  EXPECT_EQ(manifest.labels, model::Labels(std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(manifest.features.size(), 30U);
  EXPECT_EQ(manifest.producer, "test 1.0");
  EXPECT_TRUE(
      Notes(*inferred, "task: classification, because the graph has labels or probabilities"));
  EXPECT_TRUE(Notes(*inferred, "output 'label': label, because of its name"));
  EXPECT_TRUE(Notes(*inferred,
                    "labels: 0 to 1, because output 'probabilities' has 2 classes and the "
                    "metadata does not name them"));
  EXPECT_TRUE(Notes(*inferred,
                    "features: 30, called 'f0' to 'f29', because the metadata does not "
                    "name them"));
}

TEST(InferManifest, SaysNothingWhereTheMetadataSaysEverything) {
  const auto inferred = Infer(Rows(2, {Fp32("variable", {-1, 1})}),
                              R"({"task": "regression", "labels": [], "features": ["a", "b"],
                                  "output_roles": {"variable": "value"}, "training_date": "2026-01-12", "batchable": false,
                                  "golden": [{"features": {"a": 1, "b": 2}, "prediction": 3}]})");
  ASSERT_TRUE(inferred.ok()) << inferred.error().message;
  EXPECT_TRUE(inferred->notes.empty());
  EXPECT_EQ(inferred->manifest.training_date, "2026-01-12");
  EXPECT_EQ(inferred->manifest.batchable, false);
  EXPECT_EQ(inferred->manifest.features, (std::vector<std::string>{"a", "b"}));
}

TEST(InferManifest, ReadsSequencesOfMapsAsProbabilitiesAndAsksForStringLabels) {
  const model::Signature strings = Rows(2, {Spec("output_label", model::DataType::kBytes, {-1}),
                                            Maps("output_probability", model::DataType::kBytes)});
  EXPECT_EQ(Refusal(strings),
            "labels: the model answers strings, and the graph does not say which: list them in the "
            "order of output 'output_probability'");
  EXPECT_EQ(Infer(strings).error().remedy, base::Remedy{base::RemedyKind::kListLabels});
  const auto told = Infer(strings, R"({"labels": ["barbera", "barolo"]})");
  ASSERT_TRUE(told.ok()) << told.error().message;
  EXPECT_EQ(told->manifest.output_roles.at("output_probability"),
            model::OutputRole::kProbabilities);
  EXPECT_EQ(
      Refusal(strings, R"({"labels": ["barolo", "barbera"]})"),
      "labels: must be in ascending order, because output 'output_probability' holds maps, which "
      "are read by key");
  EXPECT_EQ(Refusal(Rows(2, {Spec("label", model::DataType::kInt64, {-1}),
                             Maps("p", model::DataType::kInt64)})),
            "labels: the graph does not say how many classes output 'p' has: list the labels");
}

TEST(InferManifest, ReadsTheNameThatRegressorsHave) {
  for (const model::Shape& shape : {model::Shape{-1}, model::Shape{-1, 1}, model::Shape{-1, -1}}) {
    const auto inferred = Infer(Rows(2, {Fp32("variable", shape)}));
    ASSERT_TRUE(inferred.ok()) << inferred.error().message;
    EXPECT_EQ(inferred->manifest.task, model::Task::kRegression);
    EXPECT_EQ(inferred->manifest.output_roles.at("variable"), model::OutputRole::kValue);
  }
}

TEST(InferManifest, AsksWhereAnOutputHasSeveralReadings) {
  const std::string decide = ": decide in the metadata with \"task\" or \"output_roles\"";
  EXPECT_EQ(
      Refusal(Rows(4, {Fp32("score", {-1, 1})})),
      "the output 'score' [-1,1] could be a regression's value or the probability of the second "
      "label" +
          decide);
  EXPECT_EQ(Refusal(Rows(4, {Fp32("out", {-1, 3})})),
            "the output 'out' [-1,3] could be probabilities, logits or several values" + decide);
  EXPECT_EQ(Refusal(Rows(4, {Fp32("left", {-1, 2}), Fp32("right", {-1, 2})})),
            "the outputs 'left' [-1,2], 'right' [-1,2] can be read in several ways" + decide);
  EXPECT_EQ(Refusal(Rows(4, {Spec("cluster", model::DataType::kInt64, {-1})})),
            "the output 'cluster' [-1] could be a label or a value" + decide);
  const auto asked = Infer(Rows(4, {Fp32("score", {-1, 1})}));
  EXPECT_EQ(asked.error().details[0].path, "task");
  EXPECT_EQ(asked.error().details[1].path, "output_roles");
}

TEST(InferManifest, AsksForRolesWhereTheTaskAloneDoesNotDecide) {
  const model::Signature scores =
      Rows(4, {Spec("label", model::DataType::kInt64, {-1}), Fp32("scores", {-1, 3})});
  const std::string roles =
      ": say which in the metadata, for instance \"output_roles\": {\"<output>\": "
      "\"label|probabilities|logits|scores|sigmoid|value\"}";
  EXPECT_EQ(Refusal(scores),
            "the output 'scores' [-1,3] could be probabilities, logits or other scores" + roles);
  EXPECT_EQ(Refusal(Rows(4, {Fp32("out", {-1, 3})}), R"({"task": "classification"})"),
            "the output 'out' [-1,3] could be probabilities, logits or other scores" + roles);
  EXPECT_EQ(Refusal(Rows(4, {Fp32("a", {-1}), Fp32("b", {-1})}), R"({"task": "regression"})"),
            "the outputs 'a' [-1], 'b' [-1] could each be the regression's value" + roles);
  EXPECT_EQ(
      Refusal(Rows(4, {Maps("a", model::DataType::kInt64), Maps("b", model::DataType::kInt64)})),
      "the outputs 'a' [-1,-1], 'b' [-1,-1] could each be the probabilities" + roles);
  EXPECT_TRUE(Infer(scores, R"({"output_roles": {"label": "label"}})").ok());
  EXPECT_TRUE(
      Infer(scores, R"({"output_roles": {"label": "label", "scores": "logits"}})", kPositions)
          .ok());
}

TEST(InferManifest, TakesTheTaskAsTheDecision) {
  const model::Signature score = Rows(4, {Fp32("score", {-1, 1})});
  const auto regression = Infer(score, R"({"task": "regression"})");
  ASSERT_TRUE(regression.ok());
  EXPECT_EQ(regression->manifest.output_roles.at("score"), model::OutputRole::kValue);
  const auto sigmoid = Infer(score, R"({"task": "classification", "sigmoid_threshold": 0.25})");
  ASSERT_TRUE(sigmoid.ok()) << sigmoid.error().message;
  EXPECT_EQ(sigmoid->manifest.output_roles.at("score"), model::OutputRole::kSigmoid);
  EXPECT_EQ(sigmoid->manifest.labels, model::Labels(std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(sigmoid->manifest.sigmoid_threshold, 0.25);
  const auto other = Infer(score, R"({"task": "other"})");
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE(other->manifest.output_roles.empty());
  const auto label = Infer(Rows(4, {Spec("class", model::DataType::kInt64, {-1})}),
                           R"({"task": "classification"})");
  ASSERT_TRUE(label.ok()) << label.error().message;
  EXPECT_EQ(label->manifest.output_roles.at("class"), model::OutputRole::kLabel);
  EXPECT_EQ(model::Count(label->manifest.labels), 0U);
}

TEST(InferManifest, TakesTheTaskFromTheRoles) {
  const auto inferred = Infer(Rows(4, {Fp32("a", {-1, 1}), Fp32("b", {-1, 1})}),
                              R"({"output_roles": {"b": "value"}})");
  ASSERT_TRUE(inferred.ok()) << inferred.error().message;
  EXPECT_EQ(inferred->manifest.task, model::Task::kRegression);
  EXPECT_TRUE(Notes(*inferred, "task: regression, because of the output roles"));
}

TEST(InferManifest, CallsAModelOtherWhereNothingFits) {
  for (const model::Signature& signature :
       {Rows(4, {Fp32("total", {})}), Rows(4, {Fp32("image", {-1, 3, 8, 8})}),
        Rows(4, {Spec("ids", model::DataType::kInt64, {-1, 3})}),
        Rows(4, {Spec("mask", model::DataType::kBool, {-1})}), Rows(4, {Fp32("sum", {3})}),
        model::Signature{{Spec("n", model::DataType::kInt64, {1})}, {Fp32("state", {1})}}}) {
    const auto inferred = Infer(signature);
    ASSERT_TRUE(inferred.ok()) << inferred.error().message;
    EXPECT_EQ(inferred->manifest.task, model::Task::kOther);
    EXPECT_FALSE(inferred->notes.empty());
  }
}

// The answers that tests/testdata/models/README.md promises for a push without a manifest.
TEST(InferManifest, AnswersTheModelsOfTheTestDataAsTheirTableSays) {
  struct Row {
    const char* file;
    model::Signature signature;
    const char* answer;
  };
  const auto identity = [](model::DataType type) {
    return model::Signature{{Spec("input", type, {-1, 3})}, {Spec("output", type, {-1, 3})}};
  };
  model::TensorSpec unknown = Fp32("score", {});
  unknown.has_shape = false;
  const Row rows[] = {
      {"identity_bool", identity(model::DataType::kBool), "other"},
      {"identity_int64", identity(model::DataType::kInt64), "other"},
      {"identity_string", identity(model::DataType::kBytes), "other"},
      {"identity_fp16", identity(model::DataType::kFp16), "asks"},
      {"identity_fp64", identity(model::DataType::kFp64), "asks"},
      {"identity_bf16", identity(model::DataType::kBf16), "asks"},
      {"two_inputs_two_outputs",
       {{Fp32("a", {-1, 2}), Fp32("b", {-1, 3})}, {Fp32("sum", {-1, 1}), Fp32("product", {-1, 1})}},
       "asks"},
      {"mixed_columns",
       {{Fp32("age", {-1, 1}), Spec("city", model::DataType::kBytes, {-1, 1})},
        {Fp32("score", {-1, 1})}},
       "asks"},
      {"fixed_batch_1", {{Fp32("input", {1, 4})}, {Fp32("total", {1, 1})}}, "asks"},
      {"fixed_batch_4", {{Fp32("input", {4, 4})}, {Fp32("total", {4, 1})}}, "asks"},
      {"variable_length", {{Fp32("input", {-1, -1})}, {Fp32("mean", {-1, 1})}}, "asks"},
      {"optional_shape", Rows(4, {unknown}), "asks"},
      {"nan_output", Rows(1, {Fp32("logarithm", {-1, 1})}), "asks"},
      {"rank3_image",
       {{Fp32("image", {-1, 1, 4, 4})}, {Fp32("probabilities", {-1, 2})}},
       "classification"},
      {"logits", Rows(4, {Fp32("logits", {-1, 3})}), "classification"},
      {"sigmoid", Rows(4, {Fp32("probability", {-1, 1})}), "asks"},
      {"ambiguous_two_float_outputs", Rows(4, {Fp32("left", {-1, 2}), Fp32("right", {-1, 2})}),
       "asks"},
      {"scalar_output", Rows(4, {Fp32("total", {})}), "other"},
      {"slow_loop",
       {{Spec("iterations", model::DataType::kInt64, {1})}, {Fp32("state", {1})}},
       "other"},
      {"allocation_on_run",
       {{Spec("size", model::DataType::kInt64, {1})}, {Fp32("zeros", {-1})}},
       "other"},
  };
  for (const Row& row : rows) {
    const auto inferred = Infer(row.signature);
    if (std::string_view(row.answer) == "asks") {
      ASSERT_FALSE(inferred.ok()) << row.file;
      EXPECT_EQ(inferred.error().code, base::Code::kInvalid) << row.file;
      EXPECT_EQ(inferred.error().remedy, base::Remedy{base::RemedyKind::kNameTask}) << row.file;
      EXPECT_NE(inferred.error().message.find("output_roles"), std::string::npos) << row.file;
    } else {
      ASSERT_TRUE(inferred.ok()) << row.file << ": " << inferred.error().message;
      EXPECT_EQ(Name(inferred->manifest.task), row.answer) << row.file;
    }
    // With the manifest that lies beside the model the answer is the task that it names.
    std::ifstream file(std::string(MOORAGE_SOURCE_DIR) + "/tests/testdata/models/" + row.file +
                       ".onnx.metadata");
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    if (text.empty()) continue;
    const auto told = Infer(row.signature, text);
    ASSERT_TRUE(told.ok()) << row.file << ": " << told.error().message;
    EXPECT_EQ(std::string(Name(told->manifest.task)),
              (*json::ParseJson(text))["task"].get<std::string>());
  }
}

TEST(InferManifest, TellsTheKeyThatContradictsTheGraph) {
  const model::Signature pair =
      Rows(3, {Spec("label", model::DataType::kInt64, {-1}), Fp32("probabilities", {-1, 2})});
  const std::pair<const char*, const char*> rows[] = {
      {R"({"features": ["a", "b"]})", "features: 2 names, but one row of the model has 3 features"},
      {R"({"labels": [0, 1, 2]})", "labels: there are 3, but output 'probabilities' has 2 columns"},
      {R"({"output_roles": {"prob": "probabilities"}})",
       "output_roles.prob: the model has no such output; it has 'label', 'probabilities'"},
      {R"({"task": "other", "output_roles": {"label": "label"}})",
       "output_roles: the task 'other' gives its outputs no roles"},
      {R"({"task": "other", "labels": [0, 1]})",
       "labels: a model of the task 'other' has no labels"},
      {R"({"task": "regression", "output_roles": {"label": "label"}})",
       "output_roles.label: the role 'label' has no place in a regression"},
      {R"({"sigmoid_threshold": 0.3})", "sigmoid_threshold: no output has the role 'sigmoid'"},
      {R"({"golden": [{"features": [1, 2], "prediction": 1}]})",
       "golden[0].features: expected 3 features, got 2"},
      {R"({"golden": [{"features": [1, 2, 3], "prediction": 7}]})",
       "golden[0].prediction: 7 is not one of the labels"},
      {R"({"golden": [{"features": [1, 2, 3], "prediction": "1"}]})",
       "golden[0].prediction: \"1\" is not one of the labels"},
      {R"({"golden": [{"features": [1, 2, 3], "prediction": 1, "probability": [1]}]})",
       "golden[0].probability: 1 numbers, but there are 2 labels"},
  };
  for (const auto& [metadata, message] : rows) {
    EXPECT_EQ(Refusal(pair, metadata, kPositions), message);
  }
  EXPECT_EQ(Refusal(model::Signature{{Fp32("x", {-1, -1})}, {Fp32("variable", {-1})}},
                    R"({"features": ["a"]})"),
            "features: input 'x' cannot be filled from rows: its shape [-1,-1] varies in more than "
            "the number of rows; this model takes tensors only");
}

TEST(InferManifest, RefusesModelsWithoutInputsOrOutputs) {
  EXPECT_EQ(Infer(model::Signature{{}, {Fp32("answer", {1})}}).error().message,
            "the model has no inputs, so it cannot be asked anything");
  EXPECT_EQ(Infer(model::Signature{{Fp32("x", {-1, 1})}, {}}).error().message,
            "the model has no outputs, so it answers nothing");
}

TEST(InferManifest, RefusesMetricsThatAreNoNumbers) {
  Metadata metadata;
  metadata.metrics = {{"f1", std::numeric_limits<double>::quiet_NaN()}};
  const auto inferred = InferManifest(Rows(1, {Fp32("variable", {-1})}), metadata, {});
  EXPECT_EQ(inferred.error().message, "metrics.f1: must be a finite number");
}

TEST(InferManifest, ReadsTheMetadataThatAnExporterPutIntoTheGraph) {
  const model::Signature score = Rows(2, {Fp32("score", {-1, 1})});
  const GraphFacts graph = {
      .metadata = {{"moorage.metadata", R"({"task": "regression", "features": ["a", "b"]})"},
                   {"author", "me"}},
      .producer = "",
      .outputs = {}};
  const auto inferred = InferManifest(score, {}, graph);
  ASSERT_TRUE(inferred.ok()) << inferred.error().message;
  EXPECT_EQ(inferred->manifest.task, model::Task::kRegression);
  Metadata over;
  over.task = model::Task::kOther;
  EXPECT_EQ(InferManifest(score, over, graph)->manifest.task, model::Task::kOther);
  EXPECT_EQ(InferManifest(score, {},
                          {.metadata = {{"moorage.metadata", "{"}}, .producer = "", .outputs = {}})
                .error()
                .message.rfind("the graph's own metadata 'moorage.metadata': JSON: line 1", 0),
            0U);
}

}  // namespace
}  // namespace moorage::contract

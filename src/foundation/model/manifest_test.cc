#include "foundation/model/manifest.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace moorage::model {
namespace {

Manifest Full() {
  Manifest manifest;
  TensorSpec x{.name = "x", .type = DataType::kFp32, .shape = {-1, 2}};
  TensorSpec w{
      .name = "w", .type = DataType::kFp16, .shape = {}, .has_shape = false, .optional = true};
  TensorSpec label{.name = "label", .type = DataType::kBytes, .shape = {-1}};
  TensorSpec p{.name = "p",
               .shape = {-1, -1},
               .kind = ValueKind::kMapSequence,
               .key_type = DataType::kBytes};
  manifest.signature = {.inputs = {x, w}, .outputs = {label, p}};
  manifest.task = Task::kClassification;
  manifest.labels = std::vector<std::string>{"barbera", "barolo"};
  manifest.features = {"alcohol", "ash"};
  manifest.output_roles = {{"label", OutputRole::kLabel}, {"p", OutputRole::kProbabilities}};
  manifest.sigmoid_threshold = 0.25;
  manifest.allow_missing = true;
  manifest.training_date = "2026-01-12T09:20:00Z";
  manifest.metrics = {{"accuracy", 0.95}, {"f1", 1.0}};
  manifest.golden = {{.features = json::Json::array({11.8, 3}),
                      .prediction = "barolo",
                      .probability = {0.25, 0.75},
                      .tolerance = 1e-6}};
  manifest.description = "Names the cultivar.";
  manifest.notes = "none";
  manifest.tags = {{"team", "wine"}};
  manifest.producer = "skl2onnx 1.20";
  return manifest;
}

constexpr const char* kFullText =
    R"({"format":1,"task":"classification","labels":["barbera","barolo"],)"
    R"("features":["alcohol","ash"],"output_roles":{"label":"label","p":"probabilities"},)"
    R"("sigmoid_threshold":0.25,"allow_missing":true,"training_date":"2026-01-12T09:20:00Z",)"
    R"("metrics":{"accuracy":0.95,"f1":1.0},"golden":[{"features":[11.8,3],)"
    R"("prediction":"barolo","probability":[0.25,0.75],"tolerance":1e-06}],)"
    R"("description":"Names the cultivar.","notes":"none","tags":{"team":"wine"},)"
    R"("producer":"skl2onnx 1.20","signature":{"inputs":[)"
    R"({"name":"x","datatype":"FP32","shape":[-1,2]},)"
    R"({"name":"w","datatype":"FP16","shape":null,"optional":true}],"outputs":[)"
    R"({"name":"label","datatype":"BYTES","shape":[-1]},)"
    R"({"name":"p","datatype":"FP32","shape":[-1,-1],"map_keys":"BYTES"}]}})";

constexpr const char* kLeast =
    R"({"format":1,"task":"other","signature":{"inputs":[],"outputs":[]}})";

// The least manifest with one member replaced or added.
base::Result<Manifest> With(const std::string& key, const std::string& value) {
  json::Json json = *json::ParseJson(kLeast);
  json[key] = *json::ParseJson(value);
  return ManifestFromJson(json);
}

TEST(Manifest, HasOneTextThatIsReadBackTheSame) {
  EXPECT_EQ(json::ToText(ToJson(Full())), kFullText);
  const auto read = ManifestFromJson(*json::ParseJson(kFullText));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, Full());
  EXPECT_EQ(json::ToText(ToJson(*read)), kFullText);
}

TEST(Manifest, TakesItsDefaultsFromWhatIsAbsent) {
  const auto read = ManifestFromJson(*json::ParseJson(kLeast));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, Manifest{});
  EXPECT_EQ(*ManifestFromJson(ToJson(Manifest{})), Manifest{});
}

TEST(Manifest, HasBatchableOnlyWhereItWasTold) {
  Manifest manifest = Full();
  EXPECT_FALSE(ToJson(manifest).contains("batchable"));
  manifest.batchable = false;
  EXPECT_EQ(ToJson(manifest)["batchable"], false);
  EXPECT_EQ(*ManifestFromJson(ToJson(manifest)), manifest);
}

TEST(Manifest, KeepsIntegerLabelsIntegers) {
  const auto read = With("labels", "[2, 0, -1]");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->labels, Labels(std::vector<std::int64_t>{2, 0, -1}));
  EXPECT_EQ(Count(read->labels), 3U);
  EXPECT_EQ(LabelText(read->labels, 2), "-1");
  EXPECT_EQ(With("labels", "[]")->labels, Labels(std::vector<std::int64_t>{}));
}

TEST(Manifest, NamesThePathOfEveryProblem) {
  const std::pair<const char*, std::pair<const char*, const char*>> rows[] = {
      {"format", {"2", "format: must be from 1 to 1"}},
      {"task", {"\"clustering\"", "task: must be classification, regression or other"}},
      {"labels", {"[1, \"a\"]", "labels[1]: must be an integer, as the first label is"}},
      {"labels", {"[\"a\", 1]", "labels[1]: must be a string"}},
      {"labels", {"[1.5]", "labels[0]: labels must be integers or strings"}},
      {"labels", {"[1, 1]", "labels[1]: this label is in the list already"}},
      {"features", {"[\"a\", \"a\"]", "features[1]: this feature is in the list already"}},
      {"features", {"[\"\"]", "features[0]: must not be empty"}},
      {"output_roles",
       {"{\"y\": \"lable\"}",
        "output_roles.y: must be label, probabilities, probability, logits, sigmoid, scores or "
        "value"}},
      {"output_roles",
       {"{\"y\": \"label\"}", "output_roles: 'y' is not an output of the signature"}},
      {"sigmoid_threshold", {"1", "sigmoid_threshold: must lie between 0 and 1"}},
      {"allow_missing", {"1", "allow_missing: must be true or false"}},
      {"metrics", {"{\"f1\": \"high\"}", "metrics.f1: must be a number"}},
      {"tags", {"{\"team\": 1}", "tags.team: must be a string"}},
      {"golden", {"[{\"features\": [1]}]", "golden[0].prediction: missing"}},
      {"golden",
       {"[{\"features\": 1, \"prediction\": 1}]",
        "golden[0].features: must be one row: an array, or an object by feature name"}},
      {"golden",
       {"[{\"features\": [], \"prediction\": null}]",
        "golden[0].prediction: must be a number or a string"}},
      {"golden",
       {"[{\"features\": [], \"prediction\": 1, \"probability\": [0.5, 2]}]",
        "golden[0].probability[1]: must be from 0 to 1"}},
      {"golden",
       {"[{\"features\": [], \"prediction\": 1, \"tolerance\": -1}]",
        "golden[0].tolerance: must not be negative"}},
      {"signature", {"{\"inputs\": []}", "signature.outputs: missing"}},
      {"signature",
       {"{\"inputs\": [{\"name\": \"x\", \"datatype\": \"F32\", \"shape\": []}], \"outputs\": []}",
        "signature.inputs[0].datatype: must be a datatype of the Open Inference "
        "Protocol, for instance FP32"}},
      {"signature",
       {"{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [-2]}], \"outputs\": "
        "[]}",
        "signature.inputs[0].shape[0]: must be from -1 to 9223372036854775807"}},
  };
  for (const auto& [key, row] : rows) {
    const auto read = With(key, row.first);
    ASSERT_FALSE(read.ok()) << key << " " << row.first;
    EXPECT_EQ(read.error().message, row.second);
    EXPECT_EQ(read.error().code, base::Code::kInvalid);
  }
  EXPECT_EQ(With("lables", "[]").error().message.rfind("lables: unknown key; known are: format", 0),
            0U);
}

TEST(Manifest, RefusesNamesTwiceOnOneSideOfTheSignature) {
  const auto spec = [](const char* name) {
    return std::string(R"({"name": ")") + name + R"(", "datatype": "FP32", "shape": []})";
  };
  EXPECT_EQ(
      With("signature", "{\"inputs\": [" + spec("x") + "," + spec("x") + "], \"outputs\": []}")
          .error()
          .message,
      "signature.inputs[1]: the name is taken");
  EXPECT_TRUE(
      With("signature", "{\"inputs\": [" + spec("x") + "], \"outputs\": [" + spec("x") + "]}")
          .ok());
}

TEST(Manifest, ReadsASignatureOnItsOwn) {
  const auto signature = SignatureFromJson(ToJson(Full().signature));
  ASSERT_TRUE(signature.ok());
  EXPECT_EQ(*signature, Full().signature);
  EXPECT_EQ(SignatureFromJson(json::Json::object()).error().message, "inputs: missing");
}

}  // namespace
}  // namespace moorage::model

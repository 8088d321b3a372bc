#include "domain/contract/metadata.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace moorage::contract {
namespace {

base::Result<Metadata> Read(std::string_view text) {
  return MetadataFromJson(*json::ParseJson(text));
}

TEST(Metadata, ReadsEveryKey) {
  const auto read = Read(R"({
    "model_name": "wine", "version": "v1.2.0", "training_date": "2026-01-12",
    "task": "classification", "labels": ["a", "b"], "features": ["x"],
    "output_roles": {"p": "sigmoid"}, "sigmoid_threshold": 0.3, "allow_missing": true,
    "metrics": {"f1": 1}, "golden": [{"features": [1], "prediction": "a"}],
    "reference": "reference.csv", "description": "d", "notes": "n", "tags": {"k": "v"}})");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->model_name, "wine");
  EXPECT_EQ(read->version->text(), "1.2.0") << "the v of a tag is not stored";
  EXPECT_EQ(read->training_date, "2026-01-12");
  EXPECT_EQ(read->task, model::Task::kClassification);
  EXPECT_EQ(read->labels, model::Labels(std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read->features, std::vector<std::string>{"x"});
  EXPECT_EQ(read->output_roles.at("p"), model::OutputRole::kSigmoid);
  EXPECT_EQ(read->sigmoid_threshold, 0.3);
  EXPECT_EQ(read->allow_missing, true);
  EXPECT_EQ(read->metrics.at("f1"), 1.0);
  ASSERT_EQ(read->golden.size(), 1U);
  EXPECT_EQ(read->golden[0].tolerance, 1e-5) << "the default";
  EXPECT_EQ(read->reference, "reference.csv");
  EXPECT_EQ(read->description, "d");
  EXPECT_EQ(read->notes, "n");
  EXPECT_EQ(read->tags.at("k"), "v");
}

TEST(Metadata, MayBeEmpty) {
  const auto read = Read("{}");
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->task || read->labels || read->features || read->version);
}

TEST(Metadata, ReadsTheExamples) {
  for (const char* name :
       {"cancer/model", "cancer/model-v2", "digits/model", "wine/model", "diabetes/model"}) {
    std::ifstream file(std::string(MOORAGE_SOURCE_DIR) + "/examples/" + name + ".onnx.metadata");
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    const auto json = json::ParseJson(text);
    ASSERT_TRUE(json.ok()) << name << ": " << json.error().message;
    const auto read = MetadataFromJson(*json);
    ASSERT_TRUE(read.ok()) << name << ": " << read.error().message;
    EXPECT_TRUE(read->task && read->version && read->features) << name;
    EXPECT_FALSE(read->golden.empty()) << name;
  }
}

TEST(Metadata, NamesThePathOfEveryProblem) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"lables": []})",
       "lables: unknown key; known are: model_name, version, training_date, task, labels, "
       "features, "
       "output_roles, sigmoid_threshold, allow_missing, batchable, metrics, golden, "
       "reference, description, notes, tags"},
      {R"({"version": "1.0"})",
       "version: version '1.0' is not a semantic version: major, minor and patch must be numbers, "
       "as "
       "in 1.2.3"},
      {R"({"model_name": "a/b"})",
       "model_name: model name 'a/b': must be 1 to 128 of A-Z a-z 0-9 . _ - and start with a "
       "letter "
       "or digit"},
      {R"({"training_date": "yesterday"})",
       "training_date: must be a date or a time of ISO 8601, as in 2026-01-27T01:08:12Z"},
      {R"({"reference": "../secret.csv"})",
       "reference: must name a file beside the model: file name '../secret.csv': must not hold '.' "
       "or "
       "'..' as a part"},
      {R"({"metrics": {"f1": null}})", "metrics.f1: must be a number"},
      {R"({"task": "regression", "labels": [0, 1]})", "labels: a regression has no labels"},
      {R"([])", "document: must be an object"},
  };
  for (const auto& [text, message] : rows) {
    const auto read = Read(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().message, message);
  }
  EXPECT_TRUE(Read(R"({"task": "regression", "labels": []})").ok());
  EXPECT_TRUE(Read(R"({"training_date": "2026-01-27T01:08:12.5"})").ok()) << "without an offset";
  EXPECT_TRUE(Read(R"({"training_date": "2026-01-27T01:08:12+02:00"})").ok());
}

TEST(Metadata, LetsTheSecondWinWhereBothSpeak) {
  const Metadata base =
      *Read(R"({"task": "other", "description": "old", "metrics": {"a": 1, "b": 2},
                                  "tags": {"t": "1"}, "golden": [{"features": [], "prediction": 1}]})");
  const Metadata over = *Read(R"({"task": "regression", "metrics": {"b": 3}, "tags": {"u": "2"}})");
  const Metadata merged = Merge(base, over);
  EXPECT_EQ(merged.task, model::Task::kRegression);
  EXPECT_EQ(merged.description, "old");
  EXPECT_EQ(merged.metrics, (std::map<std::string, double>{{"a", 1}, {"b", 3}}));
  EXPECT_EQ(merged.tags, (std::map<std::string, std::string>{{"t", "1"}, {"u", "2"}}));
  EXPECT_EQ(merged.golden.size(), 1U);
}

TEST(Metadata, SaysThatRequestsNeverShareRuns) {
  EXPECT_EQ(Read(R"({})")->batchable, std::nullopt);
  EXPECT_EQ(Read(R"({"batchable": false})")->batchable, false);
  EXPECT_EQ(Merge(*Read(R"({"batchable": false})"), *Read(R"({"batchable": true})")).batchable,
            true);
  EXPECT_EQ(Read(R"({"batchable": 0})").error().message, "batchable: must be true or false");
}

}  // namespace
}  // namespace moorage::contract

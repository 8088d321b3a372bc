#include "platform/runtime/onnx/output_origins.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "platform/runtime/testing/graph_bytes.h"
#include "platform/runtime/testing/repository_files.h"

namespace moorage::runtime {
namespace {

using model::OutputOrigin;
using model::ScoreKind;
using Integers = std::vector<std::int64_t>;
using Strings = std::vector<std::string>;
constexpr std::int64_t kFloatType = 1, kInt64Type = 7, kStringType = 8;

OutputOrigin OriginIn(const GraphBytes& graph, const std::string& output) {
  const auto origins = TraceOutputs(graph.bytes());
  const auto found = origins.find(output);
  return found == origins.end() ? OutputOrigin{} : found->second;
}

model::Labels LabelsIn(const GraphBytes& graph, const std::string& output = "label") {
  return OriginIn(graph, output).labels.value_or(Integers{});
}

TEST(OutputOrigins, TakeTheLabelsOfTheClassifierThatMakesTheLabel) {
  GraphBytes graph;
  graph.Input("x").Output("label").Output("probabilities").Output("again");
  graph.Node("LinearClassifier", {"x"}, {"label", "raw"},
             {GraphBytes::IntegerList("classlabels_ints", {3, 7}),
              GraphBytes::Text("post_transform", "LOGISTIC")});
  graph.Node("Normalizer", {"raw"}, {"probabilities"}).Node("Identity", {"label"}, {"again"});
  EXPECT_EQ(LabelsIn(graph), model::Labels(Integers{3, 7}));
  EXPECT_EQ(LabelsIn(graph, "again"), model::Labels(Integers{3, 7}));
  EXPECT_EQ(LabelsIn(graph, "probabilities"), model::Labels(Integers{3, 7}));
  EXPECT_EQ(OriginIn(graph, "label").node, "LinearClassifier");
}

TEST(OutputOrigins, OfAllOutputsTogetherTakeBoundedWorkAndMemory) {
  // A file of few bytes could ask for a copy of its labels for each output.
  GraphBytes graph;
  Integers classes(100'000);
  std::iota(classes.begin(), classes.end(), 0);
  graph.Input("x").Integers("many", classes);
  graph.Node("ArgMax", {"x"}, {"best"}).Node("Gather", {"many", "best"}, {"picked"});
  for (int i = 0; i < 64; ++i) {
    const std::string name = "label" + std::to_string(i);
    graph.Output(name.c_str()).Node("Identity", {"picked"}, {name.c_str()});
  }
  std::size_t kept = 0;
  for (const auto& [output, origin] : TraceOutputs(graph.bytes())) {
    if (origin.labels) kept += model::Count(*origin.labels);
  }
  EXPECT_GE(kept, 100'000U);
  EXPECT_LE(kept, 400'000U);
}

TEST(OutputOrigins, TakeTheConstantThatAnArgMaxPicksFrom) {
  for (const char* pick : {"ArrayFeatureExtractor", "Gather"}) {
    GraphBytes graph;
    graph.Input("x").Output("label").Integers("classes", {1, 2, 3});
    graph.Node("ArgMax", {"x"}, {"best"}).Node(pick, {"classes", "best"}, {"picked"});
    graph.Node("Cast", {"picked"}, {"float"}, {GraphBytes::Integer("to", kFloatType)});
    graph.Node("Reshape", {"float", "shape"}, {"flat"});
    graph.Node("Cast", {"flat"}, {"label"}, {GraphBytes::Integer("to", kInt64Type)});
    EXPECT_EQ(LabelsIn(graph), model::Labels(Integers{1, 2, 3})) << pick;
    EXPECT_EQ(OriginIn(graph, "label").node, pick);
  }
}

TEST(OutputOrigins, CastLabelsAsTheRuntimeDoes) {
  GraphBytes graph;
  graph.Input("x").Output("label").Output("text").Integers("classes", {16777217, 5});
  graph.Node("ArgMax", {"x"}, {"best"});
  graph.Node("ArrayFeatureExtractor", {"classes", "best"}, {"picked"});
  graph.Node("Cast", {"picked"}, {"float"}, {GraphBytes::Integer("to", kFloatType)});
  graph.Node("Cast", {"float"}, {"label"}, {GraphBytes::Integer("to", kInt64Type)});
  graph.Node("Cast", {"picked"}, {"text"}, {GraphBytes::Integer("to", kStringType)});
  EXPECT_EQ(LabelsIn(graph), model::Labels(Integers{16777216, 5})) << "rounded to FLOAT";
  EXPECT_EQ(LabelsIn(graph, "text"), model::Labels(Strings{"16777217", "5"}));
}

TEST(OutputOrigins, NeverTakeAClassifierFurtherInside) {
  GraphBytes graph;
  graph.Input("x").Output("label").Output("other").Strings("classes", {"a", "b", "c"});
  graph.Node("LinearClassifier", {"x"}, {"inner", "inner_scores"},
             {GraphBytes::IntegerList("classlabels_ints", {0, 1})});
  graph.Node("Concat", {"inner_scores", "inner_scores"}, {"all"});
  graph.Node("ArgMax", {"all"}, {"best"});
  graph.Node("ArrayFeatureExtractor", {"classes", "best"}, {"label"});
  graph.Node("Add", {"inner", "inner"}, {"other"});
  EXPECT_EQ(LabelsIn(graph), model::Labels(Strings{"a", "b", "c"}));
  EXPECT_EQ(OriginIn(graph, "other").labels, std::nullopt);
}

TEST(OutputOrigins, FollowALabelEncoder) {
  GraphBytes graph;
  graph.Input("x").Output("label").Output("position").Output("unknown");
  graph.Node("TreeEnsembleClassifier", {"x"}, {"code", "scores"},
             {GraphBytes::IntegerList("classlabels_int64s", {0, 1, 2})});
  const auto keys = GraphBytes::IntegerList("keys_int64s", {2, 1, 0});
  const auto values = GraphBytes::StringList("values_strings", {"no", "maybe", "yes"});
  graph.Node("LabelEncoder", {"code"}, {"label"}, {keys, values});
  graph.Node("ArgMax", {"scores"}, {"best"});
  graph.Node("LabelEncoder", {"best"}, {"position"}, {keys, values});
  graph.Node("LabelEncoder", {"code"}, {"unknown"},
             {GraphBytes::IntegerList("keys_int64s", {0, 1}),
              GraphBytes::StringList("values_strings", {"no", "yes"})});
  EXPECT_EQ(LabelsIn(graph), model::Labels(Strings{"yes", "maybe", "no"}));
  EXPECT_EQ(LabelsIn(graph, "position"), model::Labels(Strings{"yes", "maybe", "no"}));
  EXPECT_EQ(OriginIn(graph, "unknown").labels, std::nullopt) << "2 has no name";
}

TEST(OutputOrigins, TellPositionsFromLabels) {
  GraphBytes graph;
  graph.Input("x").Output("label").Node("ArgMax", {"x"}, {"best"});
  graph.Node("Cast", {"best"}, {"label"}, {GraphBytes::Integer("to", kInt64Type)});
  const OutputOrigin origin = OriginIn(graph, "label");
  EXPECT_TRUE(origin.positions);
  EXPECT_EQ(origin.labels, std::nullopt);
}

TEST(OutputOrigins, OrderTheKeysOfAZipMap) {
  GraphBytes graph;
  graph.Input("x").Output("maps");
  graph.Node("ZipMap", {"x"}, {"maps"},
             {GraphBytes::StringList("classlabels_strings", {"b", "a"})});
  EXPECT_EQ(LabelsIn(graph, "maps"), model::Labels(Strings{"a", "b"}));
}

TEST(OutputOrigins, TakeNoListInWhichAValueComesTwice) {
  GraphBytes graph;
  graph.Input("x").Output("label").Integers("targets", {0, 1, 1, 0});
  graph.Node("ArgMax", {"x"}, {"nearest"});
  graph.Node("ArrayFeatureExtractor", {"targets", "nearest"}, {"label"});
  EXPECT_EQ(OriginIn(graph, "label").labels, std::nullopt);
}

TEST(OutputOrigins, TellDecisionScoresFromProbabilities) {
  GraphBytes graph;
  graph.Input("x").Integers("weights", {1, 2}).Integers("minus", {-1});
  for (const char* name :
       {"none", "svm", "svm_p", "logistic", "linear", "both", "soft", "forest"}) {
    graph.Output(name);
  }
  graph.Node("LinearClassifier", {"x"}, {"l1", "none"});
  graph.Node("SVMClassifier", {"x"}, {"l2", "svm"}, {GraphBytes::Text("post_transform", "NONE")});
  graph.Node("SVMClassifier", {"x"}, {"l3", "svm_p"}, {GraphBytes::IntegerList("prob_a", {1})});
  graph.Node("LinearClassifier", {"x"}, {"l4", "logistic"},
             {GraphBytes::Text("post_transform", "LOGISTIC")});
  graph.Node("MatMul", {"x", "weights"}, {"product"}).Node("Add", {"product", "minus"}, {"linear"});
  graph.Node("Mul", {"linear", "minus"}, {"negated"});
  graph.Node("Concat", {"negated", "linear"}, {"both"});
  graph.Node("Softmax", {"linear"}, {"soft"});
  graph.Node("TreeEnsembleClassifier", {"x"}, {"l5", "forest"});
  for (const char* name : {"none", "svm", "linear", "both"}) {
    EXPECT_EQ(OriginIn(graph, name).scores, ScoreKind::kDecision) << name;
  }
  for (const char* name : {"svm_p", "logistic", "soft"}) {
    EXPECT_EQ(OriginIn(graph, name).scores, ScoreKind::kProbabilities) << name;
  }
  EXPECT_EQ(OriginIn(graph, "forest").scores, ScoreKind::kUnknown);
}

TEST(OutputOrigins, EndInAGraphThatRunsInCircles) {
  GraphBytes graph;
  graph.Output("label").Output("p");
  graph.Node("Identity", {"b"}, {"label"}).Node("Identity", {"label"}, {"b"});
  graph.Node("Concat", {"p", "p", "p", "p", "p", "p", "p", "p"}, {"p"});
  EXPECT_TRUE(TraceOutputs(graph.bytes()).empty());
}

TEST(OutputOrigins, AreThoseOfTheExamples) {
  const auto wine = TraceOutputs(ReadRepositoryFile("examples/wine/model.onnx"));
  EXPECT_EQ(wine.at("output_probability").labels,
            model::Labels(Strings{"barbera", "barolo", "grignolino"}));
  const auto digits = TraceOutputs(ReadRepositoryFile("examples/digits/model.onnx"));
  EXPECT_EQ(digits.at("output_label").labels,
            model::Labels(Integers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(TraceOutputs("").empty());
  EXPECT_TRUE(TraceOutputs("not a model").empty());
}

}  // namespace
}  // namespace moorage::runtime

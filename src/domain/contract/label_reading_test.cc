#include "domain/contract/label_reading.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/contract/infer_manifest.h"

namespace moorage::contract {
namespace {

using Integers = std::vector<std::int64_t>;
using Names = std::vector<std::string>;
using Origins = std::map<std::string, model::OutputOrigin>;
using model::DataType;
using model::OutputRole;

model::TensorSpec OutputOf(std::string name, DataType type, model::Shape shape) {
  return {.name = std::move(name), .type = type, .shape = std::move(shape)};
}
model::TensorSpec IntegerLabel() { return OutputOf("label", DataType::kInt64, {-1}); }
model::TensorSpec TextLabel() { return OutputOf("label", DataType::kBytes, {-1}); }
model::TensorSpec Probabilities(std::int64_t classes) {
  return OutputOf("probabilities", DataType::kFp32, {-1, classes});
}
model::TensorSpec MapsOf(DataType keys) {
  return {
      .name = "maps", .shape = {-1, -1}, .kind = model::ValueKind::kMapSequence, .key_type = keys};
}
model::OutputOrigin Shows(model::Labels labels, std::string node = "LinearClassifier") {
  return {.labels = std::move(labels), .node = std::move(node)};
}
const model::OutputOrigin kArgMax = {.labels = {}, .positions = true, .node = "ArgMax"};

class Pushed {
 public:
  Pushed(std::vector<model::TensorSpec> outputs, Origins origins, Metadata told = {})
      : inferred_(InferManifest(
            {.inputs = {OutputOf("x", DataType::kFp32, {-1, 2})}, .outputs = std::move(outputs)},
            told, {.metadata = {}, .producer = "", .outputs = std::move(origins)})) {}

  const model::Manifest& manifest() {
    EXPECT_TRUE(inferred_.ok()) << inferred_.error().message;
    static const model::Manifest kNone;
    return inferred_.ok() ? inferred_->manifest : kNone;
  }
  // The message, and the remedy that it must name.
  std::string Asks(base::RemedyKind remedy) {
    if (inferred_.ok()) return "accepted " + json::ToText(model::ToJson(inferred_->manifest));
    EXPECT_EQ(inferred_.error().remedy.value_or(base::Remedy{}).kind, remedy)
        << inferred_.error().message;
    return inferred_.error().message;
  }
  const std::vector<std::string>& notes() { return inferred_->notes; }

 private:
  base::Result<Inferred> inferred_;
};

Metadata TellsLabels(model::Labels labels) {
  Metadata told;
  told.labels = std::move(labels);
  return told;
}

TEST(Labels, AreThoseOfTheNodeThatMakesTheLabel) {
  Pushed pushed({IntegerLabel(), Probabilities(3)},
                {{"label", Shows(Integers{1, 2, 3}, "Gather")}});
  EXPECT_EQ(pushed.manifest().labels, model::Labels(Integers{1, 2, 3}));
  EXPECT_EQ(pushed.notes().back(),
            "labels: 1, 2, 3, because the Gather of output 'label' has them");
  // The scores may come from a classifier that counts its own classes from 0.
  Pushed stacked({IntegerLabel(), Probabilities(2)},
                 {{"label", Shows(Integers{5, 9})}, {"probabilities", Shows(Integers{0, 1})}});
  EXPECT_EQ(stacked.manifest().labels, model::Labels(Integers{5, 9}));
  Pushed named({TextLabel(), Probabilities(2)}, {{"label", Shows(Names{"no", "yes"})}});
  EXPECT_EQ(named.manifest().labels, model::Labels(Names{"no", "yes"}));
  Pushed single({TextLabel(), Probabilities(1)}, {{"label", Shows(Names{"ok"})}});
  EXPECT_EQ(single.manifest().labels, model::Labels(Names{"ok"}));
}

TEST(Labels, OfAnOutputWhoseShapeDoesNotFollowTheRowsAreAskedFor) {
  // skl2onnx declares QuadraticDiscriminantAnalysis so.
  Pushed pushed({OutputOf("output_label", DataType::kInt64, {1, -1}),
                 OutputOf("i3", DataType::kFp32, {1}), OutputOf("i7", DataType::kFp32, {1})},
                {{"output_label", Shows(Integers{3, 7})}});
  EXPECT_NE(pushed.Asks(base::RemedyKind::kNameRoles).find("does not follow the rows"),
            std::string::npos);
}

TEST(Labels, AreAskedForWhereTheGraphDoesNotShowThem) {
  EXPECT_EQ(Pushed({IntegerLabel(), Probabilities(3)}, {}).Asks(base::RemedyKind::kListLabels),
            "labels: the graph does not show which integers output 'label' answers: list the "
            "labels in the order of output 'probabilities'");
  Pushed told({IntegerLabel(), Probabilities(3)}, {}, TellsLabels(Integers{1, 2, 3}));
  EXPECT_EQ(told.manifest().labels, model::Labels(Integers{1, 2, 3}));
}

TEST(Labels, OfColumnsWithoutALabelArePositions) {
  EXPECT_EQ(Pushed({Probabilities(3)}, {}).manifest().labels, model::Labels(Integers{0, 1, 2}));
  EXPECT_EQ(Pushed({IntegerLabel(), Probabilities(2)}, {{"label", kArgMax}}).manifest().labels,
            model::Labels(Integers{0, 1}));
}

TEST(Labels, ThatAreToldAgreeWithTheGraph) {
  const auto push = [](model::Labels told, model::Labels shown = Integers{1, 2, 3}) {
    return Pushed({IntegerLabel(), Probabilities(3)}, {{"label", Shows(std::move(shown))}},
                  TellsLabels(std::move(told)));
  };
  EXPECT_EQ(push(Integers{1, 2, 3}).manifest().labels, model::Labels(Integers{1, 2, 3}));
  EXPECT_EQ(push(Integers{3, 2, 1}).Asks(base::RemedyKind::kListLabels),
            "labels: 3, 2, 1 contradict the graph, whose LinearClassifier of output 'label' has "
            "1, 2, 3");
  EXPECT_EQ(push(Integers{7, 8, 9}).Asks(base::RemedyKind::kListLabels),
            "labels: 7, 8, 9 contradict the graph, whose LinearClassifier of output 'label' has "
            "1, 2, 3");
  // Names stand for what is counted from 0, and only for that.
  EXPECT_EQ(push(Names{"a", "b", "c"}, Integers{0, 1, 2}).manifest().labels,
            model::Labels(Names{"a", "b", "c"}));
  EXPECT_NE(push(Names{"a", "b", "c"}).Asks(base::RemedyKind::kListLabels).find("contradict"),
            std::string::npos);
  // Digits are strings where the graph has strings.
  Pushed digits({TextLabel(), Probabilities(2)}, {{"label", Shows(Names{"1", "2"})}},
                TellsLabels(Integers{1, 2}));
  EXPECT_EQ(digits.manifest().labels, model::Labels(Names{"1", "2"}));
  EXPECT_EQ(
      Pushed({IntegerLabel(), Probabilities(2)}, {{"label", kArgMax}}, TellsLabels(Integers{5, 9}))
          .Asks(base::RemedyKind::kListLabels),
      "labels: 5, 9 contradict the graph, whose output 'label' answers positions from 0: "
      "give their names, or leave the output out by naming the roles of the others");
}

TEST(Labels, OfMapsAreTheirKeys) {
  Pushed pushed(
      {IntegerLabel(), MapsOf(DataType::kInt64)},
      {{"label", Shows(Integers{3, 1, 2})}, {"maps", Shows(Integers{1, 2, 3}, "ZipMap")}});
  EXPECT_EQ(pushed.manifest().labels, model::Labels(Integers{1, 2, 3})) << "in the order of keys";
  EXPECT_EQ(Pushed({IntegerLabel(), MapsOf(DataType::kInt64)},
                   {{"label", kArgMax}, {"maps", Shows(Integers{10, 20}, "ZipMap")}})
                .Asks(base::RemedyKind::kNameRoles),
            "labels: output 'label' answers positions, but output 'maps' has the keys 10, 20: "
            "leave one of the two out by naming the roles of the outputs");
}

TEST(Labels, OfALabelThatIsNotReadStillNameTheColumns) {
  // Quadratic discriminant analysis of skl2onnx declares [1,N].
  Pushed pushed({OutputOf("label", DataType::kInt64, {1, -1}), Probabilities(2)},
                {{"label", Shows(Integers{3, 7})}});
  EXPECT_EQ(pushed.manifest().labels, model::Labels(Integers{3, 7}));
  EXPECT_FALSE(pushed.manifest().output_roles.contains("label"));
}

TEST(Labels, MakeAClassOfEachOutputThatIsNamedAsOne) {
  const auto column = [](std::string name) {
    return OutputOf(std::move(name), DataType::kFp32, {-1});
  };
  Pushed integers({OutputOf("output_label", DataType::kInt64, {-1}), column("i-1"), column("i1")},
                  {{"output_label", Shows(Integers{-1, 1})}});
  EXPECT_EQ(integers.manifest().labels, model::Labels(Integers{-1, 1}));
  EXPECT_EQ(integers.manifest().output_roles.at("i-1"), OutputRole::kProbability);
  Pushed texts({OutputOf("output_label", DataType::kBytes, {-1}), column("syes"), column("sno")},
               {{"output_label", Shows(Names{"no", "yes"})}});
  EXPECT_EQ(texts.manifest().labels, model::Labels(Names{"yes", "no"})) << "as the outputs stand";
  EXPECT_EQ(
      Pushed({OutputOf("output_label", DataType::kInt64, {-1}), column("i1"), column("i2")}, {})
          .Asks(base::RemedyKind::kListLabels),
      "labels: the outputs 'i1' [-1], 'i2' [-1] could be the probabilities of one class "
      "each, and the graph does not show the classes: list them in this order");
}

TEST(Labels, AreColumnsEvenWhereTheLabelIsNotRead) {
  const auto column = [](std::string name) {
    return OutputOf(std::move(name), DataType::kFp32, {-1});
  };
  Pushed pushed({OutputOf("output_label", DataType::kInt64, {1, -1}), column("i3"), column("i7")},
                {{"output_label", Shows(Integers{3, 7})}});
  EXPECT_EQ(pushed.manifest().labels, model::Labels(Integers{3, 7}));
  EXPECT_EQ(pushed.manifest().output_roles.at("i7"), OutputRole::kProbability);
  // One against one answers positions, whatever the classes are called.
  EXPECT_NE(Pushed({OutputOf("output_label", DataType::kInt64, {-1}), column("i3"), column("i7")},
                   {{"output_label", kArgMax}})
                .Asks(base::RemedyKind::kNameRoles)
                .find("answers positions from 0"),
            std::string::npos);
}

TEST(Labels, ServeDecisionScoresAsScores) {
  model::OutputOrigin decision = Shows(Integers{1, 2, 3});
  decision.scores = model::ScoreKind::kDecision;
  Pushed pushed({IntegerLabel(), Probabilities(3)},
                {{"label", Shows(Integers{1, 2, 3})}, {"probabilities", decision}});
  EXPECT_EQ(pushed.manifest().output_roles.at("probabilities"), OutputRole::kScores);
}

TEST(Labels, OfSeveralAtATimeEndTheReading) {
  const std::vector<model::TensorSpec> outputs = {OutputOf("label", DataType::kInt64, {-1, 3}),
                                                  Probabilities(3)};
  Pushed pushed(outputs, {});
  EXPECT_EQ(pushed.manifest().task, model::Task::kOther);
  EXPECT_TRUE(pushed.manifest().output_roles.empty());
  Metadata classification;
  classification.task = model::Task::kClassification;
  EXPECT_NE(Pushed(outputs, {}, classification)
                .Asks(base::RemedyKind::kNameRoles)
                .find("several labels for each row"),
            std::string::npos);
}

}  // namespace
}  // namespace moorage::contract

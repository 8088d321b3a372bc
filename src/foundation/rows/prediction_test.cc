#include "foundation/rows/prediction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

namespace moorage::rows {
namespace {

using Roles = std::map<std::string, model::OutputRole>;
const model::Labels kTwo = std::vector<std::int64_t>{0, 1};
const model::Labels kWines = std::vector<std::string>{"barbera", "barolo", "grignolino"};

model::TensorSpec Output(std::string name, model::DataType type, model::Shape shape) {
  return {.name = std::move(name), .type = type, .shape = std::move(shape)};
}

model::Manifest Model(model::Task task, model::Labels labels,
                      std::vector<model::TensorSpec> outputs, Roles roles) {
  model::Manifest manifest;
  manifest.task = task;
  manifest.labels = std::move(labels);
  manifest.signature.outputs = std::move(outputs);
  manifest.output_roles = std::move(roles);
  return manifest;
}

template <typename T>
model::Tensor Values(model::DataType type, model::Shape shape, std::vector<T> values) {
  model::Tensor tensor{.type = type, .shape = std::move(shape), .bytes = {}, .strings = {}};
  tensor.bytes.resize(values.size() * sizeof(T));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

model::Tensor Floats(model::Shape shape, std::vector<float> values) {
  return Values(model::DataType::kFp32, std::move(shape), std::move(values));
}

model::Tensor Strings(std::vector<std::string> values) {
  model::Tensor tensor{.type = model::DataType::kBytes,
                       .shape = {static_cast<std::int64_t>(values.size())},
                       .bytes = {},
                       .strings = {}};
  tensor.strings = std::move(values);
  return tensor;
}

class Reading {
 public:
  explicit Reading(const model::Manifest& manifest) : reader_(*PredictionReader::Make(manifest)) {}

  base::Result<Prediction> Read(const std::vector<model::Tensor>& outputs, std::size_t row) {
    std::vector<model::TensorView> views;
    views.reserve(outputs.size());
    for (const model::Tensor& tensor : outputs) views.push_back(tensor.view());
    return reader_.Read(views, row, scratch_);
  }
  std::string Problem(const std::vector<model::Tensor>& outputs, std::size_t row) {
    const auto prediction = Read(outputs, row);
    if (prediction.ok()) return "read";
    EXPECT_EQ(prediction.error().code, base::Code::kInternal);
    return prediction.error().message;
  }
  const PredictionReader& reader() const { return reader_; }

 private:
  PredictionReader reader_;
  PredictionReader::Scratch scratch_;
};

model::Manifest LabelAndProbabilities() {
  return Model(
      model::Task::kClassification, kTwo,
      {Output("label", model::DataType::kInt64, {-1}),
       Output("unused", model::DataType::kFp32, {-1, 9}),
       Output("probabilities", model::DataType::kFp32, {-1, 2})},
      {{"label", model::OutputRole::kLabel}, {"probabilities", model::OutputRole::kProbabilities}});
}

TEST(PredictionReader, ReadsLabelAndProbabilitiesOfEveryRow) {
  Reading reading(LabelAndProbabilities());
  EXPECT_EQ(std::vector<std::size_t>(reading.reader().needed_outputs().begin(),
                                     reading.reader().needed_outputs().end()),
            (std::vector<std::size_t>{0, 2}));
  const std::vector<model::Tensor> outputs = {
      Values<std::int64_t>(model::DataType::kInt64, {2}, {1, 0}),
      Floats({2, 2}, {0.25F, 0.75F, 0.9F, 0.1F})};
  const auto first = reading.Read(outputs, 0);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->integer, 1);
  EXPECT_EQ(first->confidence, 0.75);
  EXPECT_FALSE(first->text || first->value);
  const auto second = reading.Read(outputs, 1);
  EXPECT_EQ(second->integer, 0);
  EXPECT_EQ(second->confidence, static_cast<double>(0.9F));
  EXPECT_EQ(second->probabilities.size(), 2U);
  EXPECT_EQ(second->probabilities[1], static_cast<double>(0.1F));
}

TEST(PredictionReader, BelievesTheLabelOutputEvenAgainstTheProbabilities) {
  Reading reading(LabelAndProbabilities());
  const auto read = reading.Read(
      {Values<std::int64_t>(model::DataType::kInt64, {1, 1}, {0}), Floats({1, 2}, {0.4F, 0.6F})},
      0);
  EXPECT_EQ(read->integer, 0);
  EXPECT_EQ(read->confidence, static_cast<double>(0.4F));
}

TEST(PredictionReader, ReadsStringLabels) {
  Reading reading(Model(model::Task::kClassification, kWines,
                        {Output("output_label", model::DataType::kBytes, {-1}),
                         Output("output_probability", model::DataType::kFp32, {-1, 3})},
                        {{"output_label", model::OutputRole::kLabel},
                         {"output_probability", model::OutputRole::kProbabilities}}));
  const std::vector<model::Tensor> outputs = {Strings({"barolo"}),
                                              Floats({1, 3}, {0.1F, 0.7F, 0.2F})};
  const auto read = reading.Read(outputs, 0);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->text, "barolo");
  EXPECT_FALSE(read->integer.has_value());
  EXPECT_EQ(read->confidence, static_cast<double>(0.7F));
  EXPECT_EQ(reading.Problem({Strings({"merlot"}), Floats({1, 3}, {0, 1, 0})}, 0),
            "the model's answer is invalid: the label 'merlot' is not one of the model's labels");
}

TEST(PredictionReader, TakesAnIntegerLabelAsAPositionAmongStringLabels) {
  Reading reading(Model(model::Task::kClassification, kWines,
                        {Output("label", model::DataType::kInt32, {-1})},
                        {{"label", model::OutputRole::kLabel}}));
  const model::Tensor label = Values<std::int32_t>(model::DataType::kInt32, {2}, {2, 3});
  EXPECT_EQ(reading.Read({label}, 0)->text, "grignolino");
  EXPECT_EQ(reading.Problem({label}, 1),
            "the model's answer is invalid: the label 3 is not one of the model's labels");
}

TEST(PredictionReader, FindsLabelsThatDoNotCountFromZero) {
  Reading reading(
      Model(model::Task::kClassification, model::Labels(std::vector<std::int64_t>{-1, 7, 0}),
            {Output("label", model::DataType::kInt64, {-1}),
             Output("p", model::DataType::kFp64, {-1, 3})},
            {{"label", model::OutputRole::kLabel}, {"p", model::OutputRole::kProbabilities}}));
  const model::Tensor p =
      Values<double>(model::DataType::kFp64, {4, 3}, std::vector<double>(12, 1.0 / 3));
  const model::Tensor labels = Values<std::int64_t>(model::DataType::kInt64, {4}, {7, 0, -1, 1});
  for (std::size_t row = 0; row < 3; ++row) EXPECT_TRUE(reading.Read({labels, p}, row).ok());
  EXPECT_EQ(reading.Read({labels, p}, 1)->integer, 0);
  EXPECT_EQ(reading.Problem({labels, p}, 3),
            "the model's answer is invalid: the label 1 is not one of the model's labels");
}

TEST(PredictionReader, PicksTheFirstOfEqualProbabilities) {
  Reading reading(Model(model::Task::kClassification, kWines,
                        {Output("p", model::DataType::kFp32, {-1, 3})},
                        {{"p", model::OutputRole::kProbabilities}}));
  const model::Tensor p = Floats({2, 3}, {0.4F, 0.4F, 0.2F, 0.1F, 0.2F, 0.7F});
  EXPECT_EQ(reading.Read({p}, 0)->text, "barbera");
  EXPECT_EQ(reading.Read({p}, 1)->text, "grignolino");
}

TEST(PredictionReader, AppliesAStableSoftmaxToLogits) {
  Reading reading(Model(model::Task::kClassification, kWines,
                        {Output("z", model::DataType::kFp32, {-1, 3})},
                        {{"z", model::OutputRole::kLogits}}));
  const model::Tensor z = Floats({2, 3}, {1.0F, 2.0F, 3.0F, 1000.0F, 1001.0F, -1000.0F});
  const auto small = reading.Read({z}, 0);
  // exp(k) / (e + e^2 + e^3)
  EXPECT_NEAR(small->probabilities[0], 0.09003057317038046, 1e-15);
  EXPECT_NEAR(small->probabilities[1], 0.24472847105479767, 1e-15);
  EXPECT_NEAR(*small->confidence, 0.6652409557748219, 1e-15);
  EXPECT_EQ(small->text, "grignolino");
  const auto large = reading.Read({z}, 1);
  EXPECT_NEAR(large->probabilities[1], 0.7310585786300049, 1e-15);
  EXPECT_EQ(large->probabilities[2], 0.0);
}

TEST(PredictionReader, ReadsASigmoidAsTheProbabilityOfTheSecondLabel) {
  model::Manifest manifest =
      Model(model::Task::kClassification, model::Labels(std::vector<std::string>{"no", "yes"}),
            {Output("p", model::DataType::kFp32, {-1, 1})}, {{"p", model::OutputRole::kSigmoid}});
  const model::Tensor p = Floats({3, 1}, {0.5F, 0.25F, 0.75F});
  Reading half(manifest);
  EXPECT_EQ(half.Read({p}, 0)->text, "yes") << "the threshold itself counts";
  EXPECT_EQ(half.Read({p}, 1)->text, "no");
  EXPECT_EQ(half.Read({p}, 1)->confidence, 0.75);
  EXPECT_EQ(half.Read({p}, 2)->confidence, 0.75);
  EXPECT_EQ(half.Read({p}, 2)->probabilities[0], 0.25);
  manifest.sigmoid_threshold = 0.8;
  Reading high(manifest);
  EXPECT_EQ(high.Read({p}, 2)->text, "no");
  EXPECT_EQ(high.Read({p}, 2)->confidence, 0.25) << "the probability of what was predicted";
  EXPECT_TRUE(high.Read({Floats({3}, {0.9F, 0, 0})}, 0).ok()) << "[N] as well as [N,1]";
}

TEST(PredictionReader, ReadsTheValueOfARegression) {
  Reading reading(Model(model::Task::kRegression, {},
                        {Output("variable", model::DataType::kFp32, {-1, 1})},
                        {{"variable", model::OutputRole::kValue}}));
  const auto read = reading.Read({Floats({2, 1}, {1.5F, -117.25F})}, 1);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->value, -117.25);
  EXPECT_FALSE(read->confidence || read->integer || read->text);
  EXPECT_TRUE(read->probabilities.empty());
  EXPECT_EQ(reading.Problem({Floats({1, 1}, {std::nanf("")})}, 0),
            "the model's answer is invalid: the value is nan, which is not a finite number");
  EXPECT_EQ(reading.Read({Floats({1, 1}, {std::nanf("")})}, 0).error().reason,
            "model_output_invalid");
  EXPECT_EQ(reading.Problem({Floats({1, 1}, {-std::numeric_limits<float>::infinity()})}, 0),
            "the model's answer is invalid: the value is -inf, which is not a finite number");
}

TEST(PredictionReader, RefusesScoresThatAreNoProbabilities) {
  Reading reading(Model(model::Task::kClassification, kTwo,
                        {Output("p", model::DataType::kFp32, {-1, 2})},
                        {{"p", model::OutputRole::kProbabilities}}));
  EXPECT_EQ(
      reading.Problem({Floats({1, 2}, {0.5F, std::nanf("")})}, 0),
      "the model's answer is invalid: the score of label 1 is nan, which is not a finite number");
  EXPECT_EQ(reading.Problem({Floats({1, 2}, {3.5F, -2.0F})}, 0),
            "the model's answer is invalid: the probability of label 0 is 3.5, outside 0 to 1; the "
            "role of its output must be another, or none where the label is enough");
  EXPECT_TRUE(reading.Read({Floats({1, 2}, {1.0000001F, 0.0F})}, 0).ok()) << "rounding is forgiven";
}

TEST(PredictionReader, RefusesOutputsOfAnotherShape) {
  Reading reading(LabelAndProbabilities());
  const model::Tensor label = Values<std::int64_t>(model::DataType::kInt64, {1}, {0});
  EXPECT_EQ(reading.Problem({label, Floats({1, 3}, {0, 0, 1})}, 0),
            "the model's answer is invalid: an output of shape [1,3] has no row 0 of shape [2]");
  EXPECT_EQ(reading.Problem({label, Floats({2}, {0, 1})}, 0),
            "the model's answer is invalid: an output of shape [2] has no row 0 of shape [2]");
  EXPECT_EQ(reading.Problem({label, Floats({2, 2}, {0, 1, 0, 1})}, 1),
            "the model's answer is invalid: an output of shape [1] has no row 1 of shape [1]");
  EXPECT_EQ(reading.Problem({label, Floats({1, 2}, {0, 1})}, 1),
            "the model's answer is invalid: an output of shape [1,2] has no row 1 of shape [2]");
}

TEST(PredictionReader, SendsModelsOfOtherTasksToTheEndpointThatAnswersThem) {
  const auto reader = PredictionReader::Make(model::Manifest{});
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().code, base::Code::kUnsupported);
  EXPECT_NE(reader.error().message.find("/api/v2/predict"), std::string::npos);
}

TEST(PredictionReader, RefusesRolesThatContradictTaskLabelsOrOutputs) {
  const model::TensorSpec label = Output("label", model::DataType::kInt64, {-1});
  const model::TensorSpec p = Output("p", model::DataType::kFp32, {-1, 2});
  const model::TensorSpec column = Output("s", model::DataType::kFp32, {-1, 1});
  const model::Labels one = std::vector<std::int64_t>{0};
  struct Row {
    model::Manifest manifest;
    const char* message;
  };
  const Row rows[] = {
      {Model(model::Task::kClassification, kTwo, {p}, {}),
       "output_roles: no output says the label or probabilities of a classification"},
      {Model(model::Task::kRegression, {}, {column}, {}),
       "output_roles: no output says the value of a regression"},
      {Model(model::Task::kClassification, kTwo, {p}, {{"q", model::OutputRole::kLabel}}),
       "output_roles.q: the model has no such output"},
      {Model(model::Task::kClassification, kTwo, {column}, {{"s", model::OutputRole::kValue}}),
       "output_roles.s: the role 'value' has no place in a classification"},
      {Model(model::Task::kRegression, {}, {p}, {{"p", model::OutputRole::kProbabilities}}),
       "output_roles.p: the role 'probabilities' has no place in a regression"},
      {Model(model::Task::kClassification, kTwo, {p, column},
             {{"p", model::OutputRole::kProbabilities}, {"s", model::OutputRole::kSigmoid}}),
       "output_roles.s: another output has this role, or one that contradicts it"},
      {Model(model::Task::kClassification, kWines, {p}, {{"p", model::OutputRole::kProbabilities}}),
       "labels: there are 3, but output 'p' has 2 columns"},
      {Model(model::Task::kClassification, {}, {p}, {{"p", model::OutputRole::kLogits}}),
       "output_roles.p: the role 'logits' needs 'labels'"},
      {Model(model::Task::kClassification, one, {column}, {{"s", model::OutputRole::kSigmoid}}),
       "output_roles.s: 'sigmoid' needs exactly two labels"},
      {Model(model::Task::kClassification, kTwo, {p}, {{"p", model::OutputRole::kSigmoid}}),
       "output_roles.p: 'sigmoid' must have the shape [N] or [N,1]"},
      {Model(model::Task::kClassification, kTwo, {Output("p", model::DataType::kFp32, {-1})},
             {{"p", model::OutputRole::kProbabilities}}),
       "output_roles.p: 'probabilities' must have the shape [N,C]"},
      {Model(model::Task::kClassification, kTwo, {label},
             {{"label", model::OutputRole::kProbabilities}}),
       "output_roles.label: the role 'probabilities' needs floating-point numbers"},
      {Model(model::Task::kClassification, kTwo, {p}, {{"p", model::OutputRole::kLabel}}),
       "output_roles.p: a label output must have the shape [N] or [N,1]"},
      {Model(model::Task::kClassification, kTwo, {column}, {{"s", model::OutputRole::kLabel}}),
       "output_roles.s: a label output must hold integers or strings"},
      {Model(model::Task::kClassification, kTwo, {Output("l", model::DataType::kBytes, {-1})},
             {{"l", model::OutputRole::kLabel}}),
       "output_roles.l: the output holds strings, but 'labels' are integers"},
      {Model(model::Task::kRegression, {}, {p}, {{"p", model::OutputRole::kValue}}),
       "output_roles.p: 'value' must have the shape [N] or [N,1]"},
      {Model(model::Task::kRegression, {}, {Output("b", model::DataType::kBytes, {-1})},
             {{"b", model::OutputRole::kValue}}),
       "output_roles.b: 'value' must hold numbers"},
  };
  for (const Row& row : rows) {
    const auto reader = PredictionReader::Make(row.manifest);
    ASSERT_FALSE(reader.ok()) << row.message;
    EXPECT_EQ(reader.error().code, base::Code::kInvalid);
    EXPECT_EQ(reader.error().message, row.message);
  }
}

TEST(PredictionReader, PassesLabelsThroughWhereTheyAreNotKnown) {
  Reading integers(Model(model::Task::kClassification, {},
                         {Output("label", model::DataType::kInt64, {-1})},
                         {{"label", model::OutputRole::kLabel}}));
  EXPECT_EQ(integers.Read({Values<std::int64_t>(model::DataType::kInt64, {1}, {42})}, 0)->integer,
            42);
  Reading strings(Model(model::Task::kClassification, {},
                        {Output("label", model::DataType::kBytes, {-1})},
                        {{"label", model::OutputRole::kLabel}}));
  const std::vector<model::Tensor> outputs = {Strings({"anything"})};
  EXPECT_EQ(strings.Read(outputs, 0)->text, "anything");
}

TEST(PredictionReader, ServesDecisionScoresWithoutAConfidence) {
  Reading reading(
      Model(model::Task::kClassification, std::vector<std::int64_t>{3, 7, 9},
            {Output("label", model::DataType::kInt64, {-1}),
             Output("scores", model::DataType::kFp32, {-1, 3})},
            {{"label", model::OutputRole::kLabel}, {"scores", model::OutputRole::kScores}}));
  const auto prediction = reading.Read({Values<std::int64_t>(model::DataType::kInt64, {1}, {7}),
                                        Floats({1, 3}, {-2.5F, 4.0F, 0.5F})},
                                       0);
  ASSERT_TRUE(prediction.ok()) << prediction.error().message;
  EXPECT_EQ(prediction->integer, 7);
  EXPECT_FALSE(prediction->confidence.has_value());
  EXPECT_TRUE(prediction->probabilities.empty());
  EXPECT_EQ(std::vector<double>(prediction->scores.begin(), prediction->scores.end()),
            (std::vector<double>{-2.5, 4, 0.5}));
  EXPECT_NE(reading
                .Problem({Values<std::int64_t>(model::DataType::kInt64, {1}, {7}),
                          Floats({1, 3}, {std::numeric_limits<float>::infinity(), 0, 0})},
                         0)
                .find("not a finite number"),
            std::string::npos);
}

TEST(PredictionReader, ReadsOneDecisionScoreAsThatOfTheSecondLabel) {
  Reading reading(Model(model::Task::kClassification, kTwo,
                        {Output("scores", model::DataType::kFp32, {-1, 1})},
                        {{"scores", model::OutputRole::kScores}}));
  const auto negative = reading.Read({Floats({2, 1}, {-0.5F, 3.0F})}, 0);
  ASSERT_TRUE(negative.ok());
  EXPECT_EQ(negative->integer, 0);
  EXPECT_EQ(negative->scores[1], -0.5);
  EXPECT_EQ(reading.Read({Floats({2, 1}, {-0.5F, 3.0F})}, 1)->integer, 1);
}

TEST(PredictionReader, ReadsOneOutputForEachClass) {
  const auto column = [](std::string name) {
    return Output(std::move(name), model::DataType::kFp32, {-1});
  };
  const Roles roles = {{"i1", model::OutputRole::kProbability},
                       {"i2", model::OutputRole::kProbability}};
  const model::Labels labels = std::vector<std::int64_t>{1, 2};
  Reading reading(Model(model::Task::kClassification, labels, {column("i1"), column("i2")}, roles));
  const auto prediction =
      reading.Read({Floats({2}, {0.75F, 0.25F}), Floats({2}, {0.25F, 0.75F})}, 1);
  ASSERT_TRUE(prediction.ok()) << prediction.error().message;
  EXPECT_EQ(prediction->integer, 2);
  EXPECT_EQ(prediction->confidence, 0.75);
  EXPECT_EQ(prediction->probabilities[0], 0.25);
  EXPECT_EQ(PredictionReader::Make(
                Model(model::Task::kClassification, kWines, {column("i1"), column("i2")}, roles))
                .error()
                .message,
            "labels: there are 3, but 2 outputs have the role 'probability'");
}

TEST(PredictionReader, ReadsDecisionScoresOfOneOutputForEachClass) {
  const auto column = [](std::string name) {
    return Output(std::move(name), model::DataType::kFp32, {-1});
  };
  Reading reading(Model(model::Task::kClassification, kTwo, {column("i0"), column("i1")},
                        {{"i0", model::OutputRole::kScores}, {"i1", model::OutputRole::kScores}}));
  const auto prediction = reading.Read({Floats({1}, {3.0F}), Floats({1}, {-4.0F})}, 0);
  ASSERT_TRUE(prediction.ok()) << prediction.error().message;
  EXPECT_EQ(prediction->integer, 0);
  EXPECT_EQ(prediction->scores[1], -4.0);
}

TEST(PredictionReader, ClipsWhatRoundingPutsOutsideZeroToOne) {
  Reading reading(Model(model::Task::kClassification, kTwo,
                        {Output("p", model::DataType::kFp32, {-1, 2})},
                        {{"p", model::OutputRole::kProbabilities}}));
  const auto prediction = reading.Read({Floats({1, 2}, {-1e-7F, 1.0000001F})}, 0);
  ASSERT_TRUE(prediction.ok()) << prediction.error().message;
  EXPECT_EQ(prediction->confidence, 1.0);
  EXPECT_EQ(prediction->probabilities[0], 0.0);
}

TEST(PredictionReader, KnowsTheDatatypeOfItsProbabilities) {
  const auto type = [](model::DataType output, model::OutputRole role) {
    return Reading(Model(model::Task::kClassification, kTwo, {Output("p", output, {-1, 2})},
                         {{"p", role}}))
        .reader()
        .score_type();
  };
  EXPECT_EQ(type(model::DataType::kFp32, model::OutputRole::kProbabilities),
            model::DataType::kFp32);
  EXPECT_EQ(type(model::DataType::kFp32, model::OutputRole::kLogits), model::DataType::kFp64);
}

}  // namespace
}  // namespace moorage::rows

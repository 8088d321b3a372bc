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

TEST(GoldenRequest, ComparesPredictionsExactlyAndNumbersWithinTheTolerance) {
  const std::vector<double> p = {0.25, 0.75};
  Prediction got;
  got.integer = 1;
  got.probabilities = p;
  model::GoldenRequest golden{
      .features = {}, .prediction = 1, .probability = {0.25, 0.750001}, .tolerance = 1e-5};
  EXPECT_TRUE(CompareGolden(golden, got).ok());
  golden.tolerance = 1e-7;
  EXPECT_EQ(CompareGolden(golden, got).error().message,
            "probability[1]: expected 0.750001 within 1e-07, got 0.75");
  golden.probability = {1};
  EXPECT_EQ(CompareGolden(golden, got).error().message, "probability: expected 1 numbers, got 2");
  golden.prediction = 0;
  EXPECT_EQ(CompareGolden(golden, got).error().message, "prediction: expected 0, got 1");
  golden.prediction = "1";
  EXPECT_EQ(CompareGolden(golden, got).error().message, "prediction: expected \"1\", got 1");
}

TEST(GoldenRequest, ComparesValuesAndStrings) {
  Prediction value;
  value.value = 117.1;
  model::GoldenRequest golden{
      .features = {}, .prediction = 117.09521484375, .probability = {}, .tolerance = 0.01};
  EXPECT_TRUE(CompareGolden(golden, value).ok());
  golden.tolerance = 1e-5;
  EXPECT_EQ(CompareGolden(golden, value).error().message,
            "prediction: expected 117.095215 within 1e-05, got 117.1");
  value.value = std::nan("");
  EXPECT_FALSE(CompareGolden(golden, value).ok());
  Prediction text;
  text.text = "barolo";
  golden.prediction = "barolo";
  EXPECT_TRUE(CompareGolden(golden, text).ok());
  golden.prediction = "barbera";
  EXPECT_EQ(CompareGolden(golden, text).error().message,
            "prediction: expected \"barbera\", got 'barolo'");
}

}  // namespace
}  // namespace moorage::rows

#include "domain/evaluation/evaluate.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "domain/evaluation/label_encoding.h"
#include "domain/evaluation/regression_metrics.h"
#include "foundation/statistics/compensated_sum.h"

namespace moorage::evaluation {
namespace {

// A model with a defect can answer every row wrongly. The report names the first rows and counts
// the rest.
constexpr std::size_t kKeptInvalid = 16;

void AddScores(MetricSet& metrics, const std::string& suffix, const Scores& scores) {
  metrics.Add("precision" + suffix, scores.precision);
  metrics.Add("recall" + suffix, scores.recall);
  metrics.Add("f1" + suffix, scores.f1);
}

// Every metric that is a function of the counts.
MetricSet CountedMetrics(const ConfusionMatrix& matrix, const ClassificationAnswers& answers,
                         ZeroDivision zero_division) {
  const std::vector<std::size_t> labels = matrix.occurring();
  MetricSet metrics;
  metrics.Add("accuracy", Accuracy(matrix));
  metrics.Add("balanced_accuracy", BalancedAccuracy(matrix));
  AddScores(metrics, "_macro", MacroAverage(matrix, labels, zero_division));
  AddScores(metrics, "_weighted", WeightedAverage(matrix, labels, zero_division));
  AddScores(metrics, "_micro", MicroAverage(matrix, labels, zero_division));
  if (matrix.classes() == 2) {
    AddScores(metrics, "_binary", ScoresOf(matrix, answers.positive, zero_division).scores);
  }
  for (std::size_t label = 0; label < matrix.classes(); ++label) {
    AddScores(metrics, "[" + model::LabelText(answers.labels, label) + "]",
              ScoresOf(matrix, label, zero_division).scores);
  }
  return metrics;
}

MetricSet ToMetricSet(const RegressionMetrics& measured) {
  MetricSet metrics;
  metrics.Add("mae", measured.mae);
  metrics.Add("mse", measured.mse);
  metrics.Add("rmse", measured.rmse);
  metrics.Add("r2", measured.r2);
  metrics.Add("mape", measured.mape);
  return metrics;
}

// The naive classifier. Of equally frequent labels it takes the first.
std::vector<std::size_t> MostFrequent(std::span<const std::size_t> y_true, std::size_t classes) {
  std::vector<std::size_t> counts(classes);
  for (const std::size_t label : y_true) ++counts[label];
  const auto most = std::max_element(counts.begin(), counts.end());
  return std::vector<std::size_t>(y_true.size(), static_cast<std::size_t>(most - counts.begin()));
}

// The naive regressor.
std::vector<double> MeanOf(std::span<const double> values) {
  statistics::CompensatedSum sum;
  for (const double value : values) sum.Add(value);
  return std::vector<double>(values.size(), sum.value() / static_cast<double>(values.size()));
}

// Collects the answers of a run and turns them into an Evaluation.
class Evaluator {
 public:
  Evaluator(const Dataset& dataset, const EvaluateOptions& options, const LabelEncoding& labels,
            const rows::PredictionReader& reader)
      : dataset_(dataset),
        options_(options),
        labels_(labels),
        loss_(labels.classes(), reader.score_type()) {
    result_.task = reader.task();
    result_.dataset = dataset.digest();
    result_.target = dataset.target();
    result_.rows = dataset.size();
  }

  base::Status Take(std::size_t row, const base::Result<rows::Prediction>& answer) {
    if (!answer.ok()) {
      TakeInvalid(row, answer.error().message);
      return {};
    }
    if (row < options_.sample_rows) TakeSample(row, *answer);
    if (result_.task == model::Task::kRegression) {
      // The reader of a regression sets the value in every answer that is ok.
      result_.regression.y_pred.push_back(answer->value.value_or(0));
      return {};
    }
    const auto label =
        answer->integer ? labels_.Find(*answer->integer) : labels_.Find(answer->text.value_or(""));
    if (!label) {
      TakeInvalid(row, "the predicted label is not one of the manifest's");
      return {};
    }
    result_.classification.y_pred.push_back(*label);
    if (!answer->probabilities.empty()) {
      has_probabilities_ = true;
      loss_.Add(dataset_.target_classes()[row], answer->probabilities);
    }
    return {};
  }

  base::Result<Evaluation> Finish(base::Duration duration) && {
    result_.duration = duration;
    const bool classifies = result_.task == model::Task::kClassification;
    RETURN_IF_ERROR(classifies ? FinishClassification() : FinishRegression());
    return std::move(result_);
  }

 private:
  void TakeInvalid(std::size_t row, std::string problem) {
    ++result_.invalid_rows;
    if (result_.invalid.size() < kKeptInvalid) {
      // Rows are counted from 1, as in the messages about the CSV file.
      result_.invalid.push_back({row + 1, std::move(problem)});
    }
  }

  void TakeSample(std::size_t row, const rows::Prediction& answer) {
    SampleRow sample{.row = row + 1,
                     .target = dataset_.target_texts()[row],
                     .prediction = nullptr,
                     .confidence = answer.confidence,
                     .probabilities = {answer.probabilities.begin(), answer.probabilities.end()}};
    if (answer.integer) sample.prediction = *answer.integer;
    if (answer.text) sample.prediction = std::string(*answer.text);
    if (answer.value) sample.prediction = *answer.value;
    result_.sample.push_back(std::move(sample));
  }

  base::Status FinishClassification() {
    ClassificationAnswers& answers = result_.classification;
    answers.labels = labels_.labels();
    answers.y_true.assign(dataset_.target_classes().begin(), dataset_.target_classes().end());
    answers.positive = labels_.Greatest();
    if (options_.positive_label) {
      const auto positive = labels_.FindText(*options_.positive_label);
      if (!positive) {
        return base::Error{base::Code::kInvalid, "positive label '" + *options_.positive_label +
                                                     "': the model's labels are " +
                                                     labels_.Listing()};
      }
      answers.positive = *positive;
    }
    if (result_.invalid_rows > 0) {
      // Rows without an answer are left out of y_pred, so the others no longer stand beside their
      // targets.
      answers.y_pred.clear();
      return {};
    }
    const std::size_t classes = labels_.classes();
    ASSIGN_OR_RETURN(answers.matrix,
                     ConfusionMatrix::Count(answers.y_true, answers.y_pred, classes));
    for (std::size_t label = 0; label < classes; ++label) {
      answers.per_class.push_back(ScoresOf(*answers.matrix, label, options_.zero_division));
    }
    result_.metrics = CountedMetrics(*answers.matrix, answers, options_.zero_division);
    if (has_probabilities_ && classes > 1) {
      // Where the loss has no value, NaN makes a gate that asks for it an ERROR, and leaves the
      // other metrics.
      const auto loss = loss_.Mean();
      result_.metrics.Add("log_loss", loss.ok() ? *loss : std::numeric_limits<double>::quiet_NaN());
    }
    // It has no log_loss, because it gives no probabilities.
    const std::vector<std::size_t> naive = MostFrequent(answers.y_true, classes);
    ASSIGN_OR_RETURN(const ConfusionMatrix matrix,
                     ConfusionMatrix::Count(answers.y_true, naive, classes));
    result_.naive = CountedMetrics(matrix, answers, options_.zero_division);
    return {};
  }

  base::Status FinishRegression() {
    RegressionAnswers& answers = result_.regression;
    answers.y_true.assign(dataset_.target_values().begin(), dataset_.target_values().end());
    if (result_.invalid_rows > 0) {
      answers.y_pred.clear();
      return {};
    }
    ASSIGN_OR_RETURN(const RegressionMetrics measured, Regression(answers.y_true, answers.y_pred));
    result_.metrics = ToMetricSet(measured);
    ASSIGN_OR_RETURN(const RegressionMetrics naive,
                     Regression(answers.y_true, MeanOf(answers.y_true)));
    result_.naive = ToMetricSet(naive);
    return {};
  }

  const Dataset& dataset_;
  const EvaluateOptions& options_;
  const LabelEncoding& labels_;
  Evaluation result_;
  LogLossMean loss_;
  bool has_probabilities_ = false;
};

base::Status CheckComparable(const model::Manifest& manifest, const Dataset& dataset) {
  RETURN_IF_ERROR(base::Annotate("validate", CheckMeasurable(manifest)));
  if (dataset.target_texts().empty()) {
    return base::Error{base::Code::kInvalid, "validate: no target column is named"};
  }
  return {};
}

}  // namespace

base::Status CheckMeasurable(const model::Manifest& manifest) {
  if (manifest.task == model::Task::kOther) {
    return base::Error{
        .code = base::Code::kUnsupported,
        .message =
            "the model's task is 'other', so it gives no prediction that a target could be "
            "compared with; where it gives one, push it with its task in the metadata",
        .remedy = base::Remedy{base::RemedyKind::kNameTask}};
  }
  if (manifest.task == model::Task::kClassification && model::Count(manifest.labels) == 0) {
    return base::Error{
        .code = base::Code::kInvalid,
        .message =
            "the model answers a label alone, and nothing says which labels there are; push "
            "it with a list of its labels",
        .remedy = base::Remedy{base::RemedyKind::kListLabels}};
  }
  return {};
}

double Evaluation::rows_per_second() const {
  const double seconds = std::chrono::duration<double>(duration).count();
  return seconds > 0 ? static_cast<double>(rows) / seconds : 0;
}

base::Result<Evaluation> Evaluate(const runtime::Session& session, const model::Manifest& manifest,
                                  const Dataset& dataset, const base::Clock& clock,
                                  const EvaluateOptions& options) {
  RETURN_IF_ERROR(CheckComparable(manifest, dataset));
  ASSIGN_OR_RETURN(const LabelEncoding labels, LabelEncoding::Make(manifest.labels));
  ASSIGN_OR_RETURN(const rows::PredictionReader reader, rows::PredictionReader::Make(manifest));
  Evaluator evaluator(dataset, options, labels, reader);
  // Only the runs are timed, so rows_per_second is the speed of the model and not of the metrics.
  const base::Instant start = clock.Monotonic();
  RETURN_IF_ERROR(ScoreRows(session, reader, dataset.rows(), options.score,
                            [&](std::size_t row, const base::Result<rows::Prediction>& answer) {
                              return evaluator.Take(row, answer);
                            }));
  return std::move(evaluator).Finish(clock.Monotonic() - start);
}

}  // namespace moorage::evaluation

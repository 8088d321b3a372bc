#include "domain/serving/servable/answer_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <deque>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::servable {
namespace {

using model::DataType;
using model::OutputRole;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

template <typename T>
model::Tensor TensorOf(DataType type, model::Shape shape, const std::vector<T>& values) {
  model::Tensor tensor;
  tensor.type = type;
  tensor.shape = std::move(shape);
  tensor.bytes.resize(values.size() * sizeof(T));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

model::Tensor Scores(const std::vector<float>& values) {
  return TensorOf(DataType::kFp32, {1, static_cast<std::int64_t>(values.size())}, values);
}
model::Tensor Text(const std::string& label) {
  model::Tensor tensor;
  tensor.type = DataType::kBytes;
  tensor.shape = {1};
  tensor.strings = {label};
  return tensor;
}
model::Tensor Label(std::int64_t label) {
  return TensorOf<std::int64_t>(DataType::kInt64, {1}, {label});
}

// The answers of several rows, which it owns.
class Answered {
 public:
  void Add(RowKind kind, std::vector<model::Tensor> outputs) {
    TrialRow row{.kind = kind};
    for (model::Tensor& output : outputs) {
      owned_.push_back(std::move(output));
      row.outputs.push_back(owned_.back().view());
    }
    rows_.push_back(std::move(row));
  }
  void Fail(RowKind kind, std::string why) {
    rows_.push_back({.kind = kind, .failed = std::move(why)});
  }
  std::vector<ProbeFinding> Judge(const model::Manifest& manifest = FakeManifest()) const {
    return JudgeAnswers(manifest, rows_);
  }
  // The only finding.
  ProbeFinding Only(const model::Manifest& manifest = FakeManifest()) const {
    const auto findings = Judge(manifest);
    EXPECT_THAT(findings, SizeIs(1));
    return findings.empty() ? ProbeFinding{} : findings.front();
  }

 private:
  std::deque<model::Tensor> owned_;
  std::vector<TrialRow> rows_;
};

model::Manifest ThreeClasses(std::vector<std::int64_t> labels = {1, 2, 3}) {
  model::Manifest manifest = FakeManifest();
  manifest.labels = std::move(labels);
  manifest.signature.outputs[1].shape = {-1, 3};
  return manifest;
}

model::Manifest ScoresAlone(OutputRole role) {
  model::Manifest manifest = FakeManifest();
  manifest.signature.outputs = {{.name = "y", .type = DataType::kFp32, .shape = {-1, 2}}};
  manifest.output_roles = {{"y", role}};
  return manifest;
}

TEST(JudgedAnswers, ThatAreWhatTheManifestStatesHaveNoFinding) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(0), Scores({0.75F, 0.25F})});
  rows.Add(RowKind::kOnes, {Label(1), Scores({0.2503F, 0.7501F})});
  EXPECT_THAT(rows.Judge(), IsEmpty());
}

TEST(JudgedAnswers, WithAProbabilityOutsideZeroToOneRefuteTheRole) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(0), Scores({0.6F, 0.4F})});
  rows.Add(RowKind::kOnes, {Label(1), Scores({-0.59F, 0.59F})});
  const ProbeFinding finding = rows.Only();
  EXPECT_EQ(finding.check, AnswerCheck::kRange);
  EXPECT_TRUE(finding.refuted);
  EXPECT_EQ(Describe(finding),
            "output 'probabilities' of a row of ones has the probability -0.59, outside 0 to 1 "
            "(in 1 of 2 rows)");
}

TEST(JudgedAnswers, OfASigmoidOutsideZeroToOneRefuteTheRole) {
  model::Manifest manifest = ScoresAlone(OutputRole::kSigmoid);
  manifest.signature.outputs[0].shape = {-1, 1};
  Answered rows;
  rows.Add(RowKind::kOnes, {Scores({1.5F})});
  EXPECT_EQ(rows.Only(manifest).check, AnswerCheck::kRange);
  Answered logits;
  logits.Add(RowKind::kOnes, {Scores({-4, 7})});
  EXPECT_THAT(logits.Judge(ScoresAlone(OutputRole::kLogits)), IsEmpty());
}

TEST(JudgedAnswers, OfIndependentProbabilitiesRefuteTheRole) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Scores({0.9F, 0.8F})});
  rows.Add(RowKind::kOnes, {Scores({0.1F, 0.2F})});
  rows.Add(RowKind::kSmall, {Scores({0.5F, 0.5F})});
  const ProbeFinding finding = rows.Only(ScoresAlone(OutputRole::kProbabilities));
  EXPECT_EQ(finding.check, AnswerCheck::kSum);
  EXPECT_TRUE(finding.refuted);
  EXPECT_THAT(finding.problem, HasSubstr("sum to 1.7, not to 1 (in 2 of 3 rows)"));
}

TEST(JudgedAnswers, WhoseSumIsWrongForAFewRowsAreAWarning) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Scores({0, 0})});
  rows.Add(RowKind::kOnes, {Scores({0.5F, 0.5F})});
  EXPECT_FALSE(rows.Only(ScoresAlone(OutputRole::kProbabilities)).refuted);
}

TEST(JudgedAnswers, WithALabelThatIsNotInTheListRefuteTheList) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(0), Scores({0.9F, 0.1F})});
  rows.Add(RowKind::kOutlier, {Label(7), Scores({0.1F, 0.9F})});
  const ProbeFinding finding = rows.Only();
  EXPECT_EQ(finding.check, AnswerCheck::kLabel);
  EXPECT_TRUE(finding.refuted);
  EXPECT_THAT(finding.problem, HasSubstr("is 7, which is no label of it"));
}

TEST(JudgedAnswers, WithTextLabelsAreLookedUpAsTextAndIntegersAsPositions) {
  model::Manifest manifest = FakeManifest();
  manifest.labels = std::vector<std::string>{"no", "yes"};
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(1), Scores({0.1F, 0.9F})});
  rows.Add(RowKind::kOnes, {Label(2), Scores({0.1F, 0.9F})});
  EXPECT_EQ(rows.Only(manifest).check, AnswerCheck::kLabel);
  EXPECT_THAT(rows.Only(manifest).problem, HasSubstr("is 2, which is no label of it (in 1 of 2"));
  manifest.signature.outputs[0].type = DataType::kBytes;
  Answered texts;
  texts.Add(RowKind::kZeros, {Text("yes"), Scores({0.1F, 0.9F})});
  texts.Add(RowKind::kOnes, {Text("Yes"), Scores({0.1F, 0.9F})});
  EXPECT_EQ(texts.Only(manifest).check, AnswerCheck::kLabel);
  EXPECT_THAT(texts.Only(manifest).problem, HasSubstr("is 'Yes', which is no label of it"));
}

TEST(JudgedAnswers, WhoseLabelsAreInAnotherOrderThanTheScoresRefuteThem) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(1), Scores({0.1F, 0.1F, 0.8F})});
  rows.Add(RowKind::kOnes, {Label(2), Scores({0.1F, 0.8F, 0.1F})});
  rows.Add(RowKind::kSmall, {Label(3), Scores({0.8F, 0.1F, 0.1F})});
  const ProbeFinding finding = rows.Only(ThreeClasses());
  EXPECT_EQ(finding.check, AnswerCheck::kHighest);
  EXPECT_TRUE(finding.refuted);
  EXPECT_THAT(finding.problem, HasSubstr("is 1, and the highest score is that of 3"));
  EXPECT_THAT(rows.Judge(ThreeClasses({3, 2, 1})), IsEmpty());
}

TEST(JudgedAnswers, OfAModelWithAThresholdOfItsOwnAreAWarning) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(1), Scores({0.8F, 0.2F})});
  rows.Add(RowKind::kOnes, {Label(1), Scores({0.7F, 0.3F})});
  rows.Add(RowKind::kSmall, {Label(1), Scores({0.2F, 0.8F})});
  const ProbeFinding finding = rows.Only();
  EXPECT_EQ(finding.check, AnswerCheck::kHighest);
  EXPECT_FALSE(finding.refuted);
}

// One output for each of two labels, beside the label.
model::Manifest Columns(OutputRole role) {
  model::Manifest manifest = FakeManifest();
  manifest.signature.outputs = {{.name = "label", .type = DataType::kInt64, .shape = {-1}},
                                {.name = "a", .type = DataType::kFp32, .shape = {-1, 1}},
                                {.name = "b", .type = DataType::kFp32, .shape = {-1, 1}}};
  manifest.output_roles = {{"label", OutputRole::kLabel}, {"a", role}, {"b", role}};
  return manifest;
}

TEST(JudgedAnswers, OfOneOutputForEachLabelAreJudgedTogether) {
  Answered sound;
  sound.Add(RowKind::kZeros, {Label(1), Scores({0.2F}), Scores({0.8F})});
  EXPECT_THAT(sound.Judge(Columns(OutputRole::kProbability)), IsEmpty());
  Answered wrong;
  for (const RowKind kind : {RowKind::kZeros, RowKind::kOnes, RowKind::kSmall}) {
    wrong.Add(kind, {Label(1), Scores({0.9F}), Scores({0.95F})});
  }
  const ProbeFinding finding = wrong.Only(Columns(OutputRole::kProbability));
  EXPECT_EQ(finding.check, AnswerCheck::kSum);
  EXPECT_TRUE(finding.refuted);
  EXPECT_THAT(finding.problem, HasSubstr("sum to 1.85, not to 1"));
}

TEST(JudgedAnswers, OfDecisionScoresNeedNoRangeAndHaveAHighestOne) {
  model::Manifest manifest = FakeManifest();
  manifest.signature.outputs[1].shape = {-1, 1};
  manifest.output_roles["probabilities"] = OutputRole::kScores;
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(1), Scores({2.5F})});
  rows.Add(RowKind::kOnes, {Label(0), Scores({-7})});
  EXPECT_THAT(rows.Judge(manifest), IsEmpty());
  rows.Add(RowKind::kSmall, {Label(0), Scores({3})});
  EXPECT_EQ(rows.Only(manifest).check, AnswerCheck::kHighest);
}

TEST(JudgedAnswers, WithScoresThatAreNearlyEqualHaveNoHighestOne) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(1), Scores({0.5001F, 0.4999F})});
  EXPECT_THAT(rows.Judge(), IsEmpty());
}

TEST(JudgedAnswers, OfNothingButNanRefuteTheRoleAndNameIt) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(0), Scores({NAN, 1})});
  rows.Add(RowKind::kOnes, {Label(0), Scores({NAN, NAN})});
  for (const ProbeFinding& few : rows.Judge()) EXPECT_FALSE(few.refuted) << "two rows are too few";
  rows.Add(RowKind::kSmall, {Label(0), Scores({NAN, NAN})});
  const ProbeFinding finding = rows.Judge().front();
  EXPECT_EQ(finding.check, AnswerCheck::kFinite);
  EXPECT_TRUE(finding.refuted);
  EXPECT_EQ(Describe(finding), "output 'probabilities' of a row of zeros is NaN (in 3 of 3 rows)");
}

TEST(JudgedAnswers, OfNanToSomeRowsOrOfAnOutputWithoutARoleAreAWarning) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(0), Scores({0.9F, 0.1F})});
  rows.Add(RowKind::kMissing, {Label(0), Scores({NAN, NAN})});
  EXPECT_FALSE(rows.Only().refuted);
  model::Manifest other = ScoresAlone(OutputRole::kValue);
  other.task = model::Task::kOther;
  other.output_roles.clear();
  Answered infinite;
  infinite.Add(RowKind::kZeros, {Scores({-INFINITY, 1})});
  EXPECT_FALSE(infinite.Only(other).refuted);
  EXPECT_THAT(infinite.Only(other).problem, HasSubstr("is -infinity"));
}

TEST(JudgedAnswers, ToReferenceDataDecideWhereThereAreAny) {
  Answered rows;
  rows.Add(RowKind::kReference, {Scores({0.5F, 0.5F})});
  rows.Add(RowKind::kZeros, {Scores({0.9F, 0.9F})});
  rows.Add(RowKind::kOnes, {Scores({0.9F, 0.9F})});
  EXPECT_FALSE(rows.Only(ScoresAlone(OutputRole::kProbabilities)).refuted);
}

TEST(JudgedAnswers, OfAnotherShapeRefuteWhereNoPredictionCanBeRead) {
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(0), Scores({0.2F, 0.3F, 0.5F})});
  const ProbeFinding finding = rows.Only();
  EXPECT_EQ(finding.check, AnswerCheck::kForm);
  EXPECT_TRUE(finding.refuted);
  EXPECT_THAT(finding.problem, HasSubstr("has the shape [1,3], declared is [-1,2], and no "));
}

TEST(JudgedAnswers, OfAnotherShapeThatCanBeReadAreAWarning) {
  model::Manifest manifest = FakeManifest();
  manifest.signature.outputs[0].shape = {-1, 1};
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(0), Scores({0.9F, 0.1F})});
  EXPECT_EQ(rows.Only(manifest).check, AnswerCheck::kForm);
  EXPECT_FALSE(rows.Only(manifest).refuted);
}

TEST(JudgedAnswers, ThatAreNotGivenToReferenceDataRefuteTheModel) {
  Answered rows;
  rows.Fail(RowKind::kReference, "the model refused its inputs");
  rows.Fail(RowKind::kZeros, "the model refused its inputs");
  rows.Add(RowKind::kOnes, {Label(0), Scores({0.9F, 0.1F})});
  const ProbeFinding finding = rows.Only();
  EXPECT_EQ(finding.check, AnswerCheck::kRun);
  EXPECT_TRUE(finding.refuted);
  EXPECT_THAT(Describe(finding), HasSubstr("a run of a row of reference data failed"));
}

TEST(JudgedAnswers, OfALabelAloneWithoutAListAreTaken) {
  model::Manifest manifest = FakeManifest();
  manifest.labels = {};
  manifest.signature.outputs.pop_back();
  manifest.output_roles.erase("probabilities");
  Answered rows;
  rows.Add(RowKind::kZeros, {Label(-1)});
  EXPECT_THAT(rows.Judge(manifest), IsEmpty());
}

TEST(AFinding, ThatIsRefutedIsAnErrorWithTheRemedy) {
  const std::vector<ProbeFinding> findings = {
      {.check = AnswerCheck::kLabel, .refuted = true, .output = "label", .problem = "is 7"},
      {.check = AnswerCheck::kSum, .refuted = true, .output = "p", .problem = "sums to 2"},
      {.check = AnswerCheck::kFinite, .refuted = false, .output = "p", .problem = "is NaN"}};
  const base::Error error = RefutedError(findings, FakeManifest());
  EXPECT_EQ(error.code, base::Code::kInvalid);
  EXPECT_EQ(error.message,
            "its trial contradicts the manifest: output 'label' is 7; list the labels that the "
            "model answers");
  EXPECT_EQ(error.remedy, base::Remedy{base::RemedyKind::kListLabels});
  EXPECT_EQ(error.details,
            (std::vector<base::Detail>{{"output 'label'", "is 7"}, {"output 'p'", "sums to 2"}}));
}

TEST(AFinding, NamesTheRolesThatTheOutputsMayHave) {
  const auto roles = [](AnswerCheck check) {
    const std::vector<ProbeFinding> findings = {
        {.check = check, .refuted = true, .output = "probabilities", .problem = "is wrong"}};
    return RefutedError(findings, FakeManifest()).remedy->subject;
  };
  EXPECT_EQ(roles(AnswerCheck::kRange), "label=label,probabilities=scores");
  EXPECT_EQ(roles(AnswerCheck::kHighest), "label=label");
}

}  // namespace
}  // namespace moorage::servable

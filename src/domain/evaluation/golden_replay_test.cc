#include "domain/evaluation/golden_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/evaluation/testing/fake_model.h"

namespace moorage::evaluation {
namespace {

using testing::HasSubstr;

model::GoldenRequest Golden(const char* features, int prediction, std::vector<double> probability) {
  return {.features = *json::ParseJson(features),
          .prediction = prediction,
          .probability = std::move(probability)};
}

// What is wrong with a session's probabilities, if anything.
enum class Flaw { kChangesByRun, kChangesByBatch, kTinyChangeByBatch };

// The fake model with a flaw in the probability of label 0.
class FlawedSession : public runtime::Session {
 public:
  FlawedSession(const runtime::Session& session, Flaw flaw) : session_(session), flaw_(flaw) {}

  const model::Signature& signature() const override { return session_.signature(); }
  const runtime::GraphInfo& graph() const override { return session_.graph(); }
  std::unique_ptr<runtime::RunControl> MakeControl() const override {
    return session_.MakeControl();
  }

  base::Result<runtime::Outputs> Run(std::span<const model::TensorView> inputs,
                                     std::span<const std::size_t> wanted,
                                     runtime::RunControl* control) const override {
    auto outputs = session_.Run(inputs, wanted, control);
    if (!outputs.ok()) return outputs;
    struct Changed : runtime::Outputs::Storage {
      runtime::Outputs original;
      std::vector<std::byte> bytes;
    };
    auto changed = std::make_unique<Changed>();
    changed->original = *std::move(outputs);
    std::vector<model::TensorView> views(changed->original.tensors().begin(),
                                         changed->original.tensors().end());
    model::TensorView& scores = views.back();
    changed->bytes.assign(scores.bytes.begin(), scores.bytes.end());
    float first = 0;
    std::memcpy(&first, changed->bytes.data(), sizeof(first));
    first += Shift(static_cast<float>(inputs[0].shape[0]));
    std::memcpy(changed->bytes.data(), &first, sizeof(first));
    scores.bytes = changed->bytes;
    ++runs_;
    return runtime::Outputs(std::move(views), std::move(changed));
  }

 private:
  float Shift(float rows) const {
    switch (flaw_) {
      case Flaw::kChangesByRun:
        return static_cast<float>(runs_) * 1e-3F;
      case Flaw::kChangesByBatch:
        return rows * 1e-3F;
      case Flaw::kTinyChangeByBatch:
        return rows * 1e-7F;
    }
    return 0;
  }

  const runtime::Session& session_;
  const Flaw flaw_;
  mutable int runs_ = 0;
};

TEST(ReplayGolden, PassesWhereEveryAnswerHolds) {
  FakeModel fake;
  fake.manifest().golden = {Golden("[1, 1]", 1, {0, 1}), Golden(R"({"b": 0, "a": 0.5})", 0, {})};
  const GateReport report = ReplayGolden(fake.session(), fake.manifest());
  EXPECT_EQ(report.outcome, Outcome::kPass) << report.message;
  EXPECT_EQ(report.message, "2 golden requests hold");
  EXPECT_EQ(report.evidence["requests"], 2);
}

TEST(ReplayGolden, RunsTogetherTwiceAndThenOneByOne) {
  FakeModel fake;
  fake.manifest().golden = {Golden("[1, 1]", 1, {}), Golden("[0, 0]", 0, {})};
  ReplayGolden(fake.session(), fake.manifest());
  EXPECT_THAT(fake.script().batches(), testing::ElementsAre(2, 2, 1, 1));
}

TEST(ReplayGolden, PassesAndSaysSoWithoutRequests) {
  FakeModel fake;
  const GateReport report = ReplayGolden(fake.session(), fake.manifest());
  EXPECT_EQ(report.outcome, Outcome::kPass);
  EXPECT_EQ(report.evidence["requests"], 0);
}

TEST(ReplayGolden, FailsOnAnotherLabelOrProbability) {
  FakeModel fake;
  fake.manifest().golden = {Golden("[1, 1]", 0, {})};
  EXPECT_EQ(ReplayGolden(fake.session(), fake.manifest()).outcome, Outcome::kFail);
  fake.manifest().golden = {Golden("[1, 1]", 1, {}), Golden("[1, 1]", 1, {0.1, 0.9})};
  const GateReport report = ReplayGolden(fake.session(), fake.manifest());
  EXPECT_EQ(report.outcome, Outcome::kFail);
  EXPECT_THAT(report.message, HasSubstr("golden[1]"));
}

TEST(ReplayGolden, FailsWhereTheModelFails) {
  FakeModel fake;
  fake.script().FailOnFirstFeature(1);
  fake.manifest().golden = {Golden("[1, 1]", 1, {})};
  const GateReport report = ReplayGolden(fake.session(), fake.manifest());
  EXPECT_EQ(report.outcome, Outcome::kFail);
  EXPECT_THAT(report.message, HasSubstr("fails on its golden requests"));
}

TEST(ReplayGolden, FailsAModelThatAnswersTheSameRequestDifferently) {
  FakeModel fake;
  fake.manifest().golden = {Golden("[1, 1]", 1, {}), Golden("[1, 1]", 1, {})};
  const FlawedSession flawed(fake.session(), Flaw::kChangesByRun);
  const GateReport report = ReplayGolden(flawed, fake.manifest());
  EXPECT_EQ(report.outcome, Outcome::kFail);
  EXPECT_THAT(report.message, HasSubstr("not deterministic"));
}

TEST(ReplayGolden, FailsAModelWhoseAnswersDependOnTheBatch) {
  FakeModel fake;
  fake.manifest().golden = {Golden("[1, 1]", 1, {}), Golden("[1, 1]", 1, {})};
  const FlawedSession flawed(fake.session(), Flaw::kChangesByBatch);
  EXPECT_THAT(ReplayGolden(flawed, fake.manifest()).message, HasSubstr("other rows of the batch"));
  const FlawedSession close(fake.session(), Flaw::kTinyChangeByBatch);
  EXPECT_EQ(ReplayGolden(close, fake.manifest()).outcome, Outcome::kPass);
}

TEST(ReplayGolden, IsAnErrorWhereARequestDoesNotFitTheModel) {
  FakeModel fake;
  fake.manifest().golden = {Golden("[1, 1, 1]", 1, {})};
  const GateReport report = ReplayGolden(fake.session(), fake.manifest());
  EXPECT_EQ(report.outcome, Outcome::kError);
  EXPECT_THAT(report.message, HasSubstr("golden[0].features"));
  fake.manifest().golden = {Golden("[1, 1]", 1, {})};
  fake.manifest().task = model::Task::kOther;
  EXPECT_EQ(ReplayGolden(fake.session(), fake.manifest()).outcome, Outcome::kError);
}

}  // namespace
}  // namespace moorage::evaluation

#include "domain/serving/lane/inference_lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "domain/serving/lane/testing/lane_rig.h"
#include "domain/serving/servable/testing/fake_echo_session.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::lane {
namespace {

using base::Code;
using testing::ElementsAre;
using testing::IsEmpty;
using Row = LaneRig::Row;

constexpr std::size_t kProbabilities = 1;  // position among the fake's needed outputs

// The probability of label 1 that the linear fake gives to a row.
double Mean(const Row& row) {
  float sum = 0;
  for (const double value : row) sum += static_cast<float>(value);
  return sum / static_cast<float>(row.size());
}

model::Tensor Floats(model::Shape shape, const std::vector<float>& values) {
  model::Tensor tensor;
  tensor.shape = std::move(shape);
  tensor.bytes.resize(values.size() * sizeof(float));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

class Lane : public testing::Test {
 protected:
  void Tensors(LaneRig& rig, const servable::ServableHandle& servable,
               std::vector<model::Tensor> tensors, KeptAnswer& kept) {
    rig.lane().SubmitTensors(
        servable, std::move(tensors), {},
        [&kept](base::Result<InferAnswer> result) { kept.Keep(std::move(result)); });
  }

  runtime::FakeScript script_;
  base::FakeClock clock_;
  servable::ServableHandle fake_ = servable::MakeFakeServable(script_);
};

TEST_F(Lane, RunsEverythingOfATickInOneBatch) {
  LaneRig rig(clock_);
  KeptAnswer a;
  KeptAnswer b;
  KeptAnswer c;
  rig.Ask(fake_, {{0.5, 0.5, 0.5}}, a);
  rig.Ask(fake_, {{0, 0, 0.75}, {1, 1, 1}}, b);
  rig.Ask(fake_, {{0.25, 0.5, 0.75}}, c);
  EXPECT_EQ(rig.lane().in_flight(), 3U);
  EXPECT_THAT(script_.batches(), IsEmpty());
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), ElementsAre(4U));
  EXPECT_EQ(rig.lane().in_flight(), 0U);
  EXPECT_THAT(Probabilities(a), ElementsAre(Mean({0.5, 0.5, 0.5})));
  EXPECT_THAT(Probabilities(b), ElementsAre(Mean({0, 0, 0.75}), 1.0));
  EXPECT_THAT(Probabilities(c), ElementsAre(Mean({0.25, 0.5, 0.75})));
  EXPECT_EQ(b.answer->batch_rows, 4U);
  EXPECT_EQ(b.answer->rows, 2U);
}

TEST_F(Lane, AnEmptyTickRunsNothing) {
  LaneRig rig(clock_);
  rig.lane().EndTick();
  rig.lane().Collect();
  EXPECT_THAT(script_.batches(), IsEmpty());
}

TEST_F(Lane, TwoModelsOfATickRunApart) {
  const servable::ServableHandle other =
      servable::MakeFakeServable(script_, {.name = "other", .cost = {}});
  LaneRig rig(clock_);
  KeptAnswer a;
  KeptAnswer b;
  KeptAnswer c;
  rig.Ask(fake_, {{1, 1, 1}}, a);
  rig.Ask(other, {{0, 0, 0}}, b);
  rig.Ask(fake_, {{1, 1, 1}}, c);
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), ElementsAre(2U, 1U));
  EXPECT_EQ(b.answer->servable, other.get());
  EXPECT_TRUE(a.ok() && b.ok() && c.ok());
}

TEST_F(Lane, OneBadRequestFailsAlone) {
  script_.FailOnFirstFeature(13);
  LaneRig rig(clock_);
  KeptAnswer good;
  KeptAnswer bad;
  KeptAnswer also_good;
  rig.Ask(fake_, {{0, 0, 0}}, good);
  rig.Ask(fake_, {{0, 0, 0}, {13, 0, 0}}, bad);
  rig.Ask(fake_, {{1, 1, 1}}, also_good);
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), ElementsAre(4U, 1U, 2U, 1U));
  EXPECT_THAT(Probabilities(good), ElementsAre(0.0));
  EXPECT_THAT(Probabilities(also_good), ElementsAre(1.0));
  ASSERT_FALSE(bad.answer.ok());
  EXPECT_EQ(bad.error().code, Code::kInternal);
  EXPECT_EQ(bad.calls, 1);
  EXPECT_EQ(rig.lane().in_flight(), 0U);
}

TEST_F(Lane, ARowSetThatIsNotSubmittedLeavesNoRowBehind) {
  LaneRig rig(clock_);
  KeptAnswer a;
  KeptAnswer b;
  rig.Ask(fake_, {{1, 1, 1}}, a);
  {
    auto abandoned = rig.lane().OpenRows(fake_);
    ASSERT_TRUE(abandoned.ok());
    ASSERT_TRUE(abandoned->Add().ok());
    ASSERT_TRUE(abandoned->Add().ok());
    EXPECT_EQ(abandoned->rows(), 2U);
  }
  rig.Ask(fake_, {{0, 0, 0}}, b);
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), ElementsAre(2U));
  EXPECT_THAT(Probabilities(b), ElementsAre(0.0));
}

TEST_F(Lane, MoreThanABatchOfRequestsRunsInSeveral) {
  LaneRig rig(clock_, {.batch_size = 4});
  std::vector<KeptAnswer> kept(10);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    rig.Ask(fake_, {{0, 0, static_cast<double>(i)}}, kept[i]);
  }
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), ElementsAre(4U, 4U, 2U));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_THAT(Probabilities(kept[i]), ElementsAre(Mean({0, 0, static_cast<double>(i)})));
  }
}

TEST_F(Lane, ALargeRequestRunsInSlicesAndIsAnsweredAsOne) {
  LaneRig rig(clock_, {.batch_size = 4});
  KeptAnswer small;
  KeptAnswer large;
  rig.Ask(fake_, {{1, 1, 1}}, small);
  std::vector<Row> rows;
  std::vector<double> expected;
  for (int i = 0; i < 10; ++i) {
    rows.push_back({0, 0, i * 0.25});
    expected.push_back(Mean(rows.back()));
  }
  rig.Ask(fake_, rows, large);
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 4U, 4U, 2U));
  EXPECT_EQ(Probabilities(large), expected);
  EXPECT_EQ(large.answer->rows, 10U);
}

TEST_F(Lane, MoreRowsThanARequestMayHaveAreRefusedWhileDecoding) {
  LaneRig rig(clock_, {.max_rows_per_request = 2});
  KeptAnswer kept;
  rig.Ask(fake_, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}, kept);
  ASSERT_FALSE(kept.answer.ok());
  EXPECT_EQ(kept.error().code, Code::kInvalid);
  EXPECT_EQ(kept.error().message, "predict fake: more than 2 rows in one request");
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), IsEmpty());
}

TEST_F(Lane, ARequestWithoutRowsIsInvalid) {
  LaneRig rig(clock_);
  KeptAnswer kept;
  rig.Ask(fake_, {}, kept);
  EXPECT_EQ(kept.calls, 0);
  rig.lane().EndTick();
  ASSERT_EQ(kept.calls, 1);
  EXPECT_EQ(kept.error().message, "predict fake: the request holds no rows");
}

TEST_F(Lane, AModelThatTakesTensorsOnlySaysSo) {
  model::Manifest manifest = servable::FakeManifest();
  manifest.signature.inputs[0].shape = {-1, -1};
  const servable::ServableHandle free =
      servable::MakeFakeServable(std::make_unique<runtime::FakeSession>(script_, 3), manifest);
  LaneRig rig(clock_);
  const auto rows = rig.lane().OpenRows(free);
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().code, Code::kUnsupported);
}

TEST_F(Lane, RequestsBeyondTheLimitInFlightAreRefused) {
  LaneRig rig(clock_, {.max_concurrent_requests = 2});
  KeptAnswer a;
  KeptAnswer b;
  KeptAnswer c;
  KeptAnswer tensors;
  rig.Ask(fake_, {{1, 1, 1}}, a);
  rig.Ask(fake_, {{1, 1, 1}}, b);
  rig.Ask(fake_, {{1, 1, 1}}, c);
  Tensors(rig, fake_, {Floats({1, 3}, {0, 0, 0})}, tensors);
  ASSERT_EQ(c.calls, 1);
  EXPECT_EQ(c.error().code, Code::kExhausted);
  EXPECT_EQ(c.error().message, "predict fake: too many requests in flight (limit 2)");
  rig.lane().EndTick();
  EXPECT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(tensors.error().code, Code::kExhausted);
  EXPECT_EQ(rig.lane().in_flight(), 0U);
  KeptAnswer again;
  rig.Ask(fake_, {{1, 1, 1}}, again);
  rig.lane().EndTick();
  EXPECT_TRUE(again.ok());
}

TEST_F(Lane, TensorsOfATickShareARunAndAreAnsweredWithAllOutputs) {
  LaneRig rig(clock_);
  KeptAnswer a;
  KeptAnswer b;
  KeptAnswer rows;
  Tensors(rig, fake_, {Floats({2, 3}, {1, 1, 1, 0, 0, 0})}, a);
  rig.Ask(fake_, {{1, 1, 1}}, rows);
  Tensors(rig, fake_, {Floats({1, 3}, {0.5, 0.5, 0.5})}, b);
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), testing::UnorderedElementsAre(3U, 1U));
  EXPECT_THAT(Probabilities(a), ElementsAre(1.0, 0.0));
  EXPECT_THAT(Probabilities(b), ElementsAre(0.5));
  EXPECT_FALSE(a.answer->whole);
  EXPECT_EQ(a.numbers.size(), 2U);
  EXPECT_TRUE(rows.ok());
}

TEST_F(Lane, TensorsOfOtherShapesRunApart) {
  auto session = std::make_unique<servable::FakeEchoSession>();
  const servable::FakeEchoSession& echo = *session;
  const servable::ServableHandle servable =
      servable::MakeFakeServable(std::move(session), servable::EchoManifest(echo.signature()));
  const auto request = [](std::int64_t width, std::string text) {
    model::Tensor number;
    number.type = model::DataType::kFp64;
    number.shape = {1, width};
    number.bytes.resize(static_cast<std::size_t>(width) * 8);
    model::Tensor string;
    string.type = model::DataType::kBytes;
    string.shape = {1, 1};
    string.strings = {std::move(text)};
    std::vector<model::Tensor> tensors;
    tensors.push_back(std::move(number));
    tensors.push_back(std::move(string));
    return tensors;
  };
  LaneRig rig(clock_);
  for (int tick = 0; tick < 2; ++tick) {
    KeptAnswer a;
    KeptAnswer b;
    KeptAnswer c;
    Tensors(rig, servable, request(2, "one"), a);
    Tensors(rig, servable, request(5, "two"), b);
    Tensors(rig, servable, request(2, "three"), c);
    rig.lane().EndTick();
    EXPECT_THAT(a.strings.at(1), ElementsAre("one"));
    EXPECT_THAT(b.strings.at(1), ElementsAre("two"));
    EXPECT_THAT(c.strings.at(1), ElementsAre("three"));
    EXPECT_EQ(b.numbers.at(0).size(), 5U);
  }
  EXPECT_THAT(echo.batches(), ElementsAre(2, 1, 2, 1));
}

TEST_F(Lane, StringsAndNumbersOfARowArriveTogether) {
  auto session = std::make_unique<servable::FakeEchoSession>();
  const servable::FakeEchoSession& echo = *session;
  const servable::ServableHandle servable =
      servable::MakeFakeServable(std::move(session), servable::EchoManifest(echo.signature()));
  ASSERT_TRUE(servable->layout.ok()) << servable->layout.error().message;
  LaneRig rig(clock_);
  for (const std::string prefix : {"first tick ", "second "}) {
    std::vector<KeptAnswer> kept(40);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      auto set = rig.lane().OpenRows(servable);
      ASSERT_TRUE(set.ok());
      const auto row = set->Add();
      ASSERT_TRUE(row.ok());
      ASSERT_EQ(servable->layout->StoreInteger(*row, 0, static_cast<std::int64_t>(i)), nullptr);
      ASSERT_EQ(servable->layout->StoreDouble(*row, 1, 0.5), nullptr);
      ASSERT_EQ(servable->layout->StoreString(*row, 2, prefix + std::to_string(i)), nullptr);
      rig.lane().Submit(std::move(*set), {}, [&answer = kept[i]](base::Result<InferAnswer> result) {
        answer.Keep(std::move(result));
      });
    }
    rig.lane().EndTick();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      EXPECT_THAT(kept[i].numbers.at(0), ElementsAre(static_cast<double>(i), 0.5));
      EXPECT_THAT(kept[i].strings.at(1), ElementsAre(prefix + std::to_string(i)));
    }
  }
  EXPECT_THAT(echo.batches(), ElementsAre(32, 8, 32, 8));
}

// A fixed first dimension of 1, and one of 4: 3 requests with 1, 3 and 5 rows.
void ExpectFixedRowsAnswered(std::int64_t first, const std::vector<std::int64_t>& runs) {
  const base::FakeClock clock;
  auto session = std::make_unique<servable::FakeEchoSession>(first);
  const servable::FakeEchoSession& echo = *session;
  const servable::ServableHandle servable =
      servable::MakeFakeServable(std::move(session), servable::EchoManifest(echo.signature()),
                                 {.batchable = false, .cost = {}});
  ASSERT_TRUE(servable->layout.ok()) << servable->layout.error().message;
  LaneRig rig(clock);
  std::vector<KeptAnswer> kept(3);
  int next = 0;
  for (std::size_t request = 0; request < kept.size(); ++request) {
    auto set = rig.lane().OpenRows(servable);
    ASSERT_TRUE(set.ok());
    for (std::size_t i = 0; i < 1 + 2 * request; ++i) {
      const auto row = set->Add();
      ASSERT_TRUE(row.ok());
      ASSERT_EQ(servable->layout->StoreInteger(*row, 0, next), nullptr);
      ASSERT_EQ(servable->layout->StoreInteger(*row, 1, -next), nullptr);
      ASSERT_EQ(servable->layout->StoreString(*row, 2, std::to_string(next++)), nullptr);
    }
    rig.lane().Submit(std::move(*set), {}, [&answer = kept[request]](base::Result<InferAnswer> r) {
      answer.Keep(std::move(r));
    });
  }
  rig.lane().EndTick();
  EXPECT_THAT(echo.batches(), testing::ElementsAreArray(runs));
  EXPECT_THAT(kept[0].strings.at(1), ElementsAre("0"));
  EXPECT_THAT(kept[1].strings.at(1), ElementsAre("1", "2", "3"));
  EXPECT_THAT(kept[2].strings.at(1), ElementsAre("4", "5", "6", "7", "8"));
  EXPECT_THAT(kept[1].numbers.at(0), ElementsAre(1, -1, 2, -2, 3, -3));
}

TEST(FixedFirstDimension, OfOneRunsRowByRow) {
  ExpectFixedRowsAnswered(1, std::vector<std::int64_t>(9, 1));
}

TEST(FixedFirstDimension, OfFourIsFilledUpWithZerosWhichNobodySees) {
  ExpectFixedRowsAnswered(4, {4, 4, 4, 4});
}

TEST_F(Lane, AModelThatStopsAnsweringRowByRowIsAnErrorNotAMixUp) {
  auto session = std::make_unique<servable::FakeEchoSession>();
  session->AnswerOnlyTheFirstRow();
  const servable::ServableHandle servable = servable::MakeFakeServable(
      std::move(session), servable::EchoManifest(servable::FakeEchoSession().signature()));
  LaneRig rig(clock_);
  KeptAnswer one;
  KeptAnswer two;
  for (KeptAnswer* kept : {&one, &two}) {
    auto set = rig.lane().OpenRows(servable);
    for (std::size_t i = 0; i < (kept == &one ? 1U : 2U); ++i) {
      const auto row = set->Add();
      for (std::size_t f = 0; f < 2; ++f) servable->layout->StoreInteger(*row, f, 1);
      servable->layout->StoreString(*row, 2, "x");
    }
    rig.lane().Submit(std::move(*set), {},
                      [kept](base::Result<InferAnswer> r) { kept->Keep(std::move(r)); });
  }
  rig.lane().EndTick();
  EXPECT_TRUE(one.ok());
  EXPECT_EQ(two.error().code, Code::kInternal);
  EXPECT_EQ(two.error().reason, "model_output_invalid");
  EXPECT_EQ(two.error().message,
            "predict fake: the model answered 2 rows with another number of rows");
}

TEST_F(Lane, KeepsNoLeaseBetweenTicks) {
  servable::ServableHandle version = servable::MakeFakeServable(script_);
  const std::weak_ptr<const servable::Servable> watch = version;
  LaneRig rig(clock_);
  KeptAnswer kept;
  KeptAnswer tensors;
  rig.Ask(version, {{1, 1, 1}}, kept);
  Tensors(rig, version, {Floats({1, 3}, {0, 0, 0})}, tensors);
  version.reset();
  EXPECT_FALSE(watch.expired());
  rig.lane().EndTick();
  EXPECT_TRUE(kept.ok() && tensors.ok());
  EXPECT_TRUE(watch.expired());
}

TEST_F(Lane, AnAbandonedRowSetKeepsItsLeaseUntilTheEndOfTheTick) {
  servable::ServableHandle version = servable::MakeFakeServable(script_);
  const std::weak_ptr<const servable::Servable> watch = version;
  LaneRig rig(clock_);
  {
    const auto abandoned = rig.lane().OpenRows(version);
  }
  version.reset();
  rig.lane().EndTick();
  EXPECT_TRUE(watch.expired());
}

TEST_F(Lane, ACompletionThatSubmitsIsServedInTheNextTick) {
  LaneRig rig(clock_);
  KeptAnswer second;
  auto set = rig.lane().OpenRows(fake_);
  const auto row = set->Add();
  ASSERT_TRUE(row.ok());
  for (std::size_t i = 0; i < 3; ++i) fake_->layout->StoreDouble(*row, i, 1);
  rig.lane().Submit(std::move(*set), {}, [&](const base::Result<InferAnswer>&) {
    rig.Ask(fake_, {{0.5, 0.5, 0.5}}, second);
  });
  rig.lane().EndTick();
  EXPECT_EQ(second.calls, 0);
  EXPECT_TRUE(rig.woken());
  rig.lane().EndTick();
  EXPECT_THAT(Probabilities(second), ElementsAre(0.5));
}

TEST_F(Lane, WhatIsUnansweredWhenTheLaneEndsIsAnsweredUnavailable) {
  LaneRig rig(clock_);
  KeptAnswer rows;
  KeptAnswer tensors;
  rig.Ask(fake_, {{1, 1, 1}}, rows);
  Tensors(rig, fake_, {Floats({1, 3}, {0, 0, 0})}, tensors);
  rig.DestroyLane();
  EXPECT_EQ(rows.calls, 1);
  EXPECT_EQ(rows.error().code, Code::kUnavailable);
  EXPECT_EQ(tensors.error().code, Code::kUnavailable);
}

class CountingObserver : public LaneObserver {
 public:
  void OnRun(const Run& run) override {
    runs.push_back({run.rows, run.requests});
    places.push_back(run.place);
  }
  void OnRejected(const servable::Servable& /*servable*/, Rejection reason,
                  std::size_t requests) override {
    rejected.emplace_back(Name(reason), requests);
  }

  std::vector<std::pair<std::size_t, std::size_t>> runs;  // rows, requests
  std::vector<RunPlace> places;
  std::vector<std::pair<std::string, std::size_t>> rejected;
};

TEST_F(Lane, TheObserverHearsOfRunsAndRejections) {
  CountingObserver observer;
  LaneRig rig(clock_, {.max_concurrent_requests = 2, .observer = &observer});
  KeptAnswer a;
  KeptAnswer b;
  KeptAnswer c;
  rig.Ask(fake_, {{1, 1, 1}, {0, 0, 0}}, a);
  rig.Ask(fake_, {{1, 1, 1}}, b);
  rig.Ask(fake_, {{1, 1, 1}}, c);
  rig.lane().EndTick();
  EXPECT_THAT(observer.runs, ElementsAre(std::pair(3U, 2U)));
  EXPECT_THAT(observer.places, ElementsAre(RunPlace::kInline));
  EXPECT_THAT(observer.rejected, ElementsAre(std::pair(std::string("in_flight"), 1U)));
}

TEST_F(Lane, RandomTicksAnswerWhatADirectRunAnswers) {
  std::mt19937 random(20260127);
  LaneRig rig(clock_, {.batch_size = 8, .max_concurrent_requests = 1000});
  script_.FailOnFirstFeature(99);
  for (int tick = 0; tick < 200; ++tick) {
    const std::size_t requests = random() % 12;
    std::vector<std::vector<Row>> rows(requests);
    std::vector<KeptAnswer> kept(requests);
    std::vector<bool> poisoned(requests);
    for (std::size_t i = 0; i < requests; ++i) {
      const std::size_t count = 1 + random() % (random() % 5 == 0 ? 30 : 3);
      for (std::size_t r = 0; r < count; ++r) {
        Row row;
        for (int f = 0; f < 3; ++f) row.push_back(static_cast<double>(random() % 64) / 64);
        rows[i].push_back(row);
      }
      poisoned[i] = random() % 20 == 0;
      if (poisoned[i]) rows[i].back()[0] = 99;
      rig.Ask(fake_, rows[i], kept[i]);
    }
    rig.lane().EndTick();
    for (std::size_t i = 0; i < requests; ++i) {
      ASSERT_EQ(kept[i].calls, 1);
      ASSERT_EQ(kept[i].answer.ok(), !poisoned[i]);
      if (poisoned[i]) continue;
      std::vector<double> expected;
      for (const Row& row : rows[i]) expected.push_back(Mean(row));
      ASSERT_EQ(Probabilities(kept[i]), expected);
    }
    ASSERT_EQ(rig.lane().in_flight(), 0U);
  }
}

}  // namespace
}  // namespace moorage::lane

#include "domain/serving/model_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/serving/batch_executor.h"
#include "domain/serving/inference_lane.h"
#include "domain/serving/testing/fake_model_source.h"
#include "domain/serving/testing/fake_servable.h"
#include "domain/serving/testing/lane_rig.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/telemetry/testing/fake_log.h"

namespace moorage::serving {
namespace {

using base::Code;
using base::Error;
using testing::ElementsAre;
using testing::IsEmpty;
using State = VersionStatus::State;

class Manager : public testing::Test {
 protected:
  std::string Served(const std::string& name, const std::string& selector = "") {
    const auto table = manager_.table();
    const auto handle = table->Resolve(name, selector);
    return handle.ok() ? (**handle)->version.text() : handle.error().message;
  }
  std::map<std::string, State> States() {
    std::map<std::string, State> states;
    for (const VersionStatus& status : manager_.Status()) {
      states[status.name.value() + "@" + status.version.text()] = status.state;
    }
    return states;
  }

  runtime::FakeScript script_;
  runtime::FakeBackend backend_{script_};
  base::FakeClock clock_;
  telemetry::FakeLog log_;
  FakeModelSource source_{FakeManifest()};
  ModelManager manager_{{}, source_, backend_, clock_, log_};
};

TEST_F(Manager, ServesNothingBeforeTheFirstRound) {
  ASSERT_NE(manager_.table(), nullptr);
  EXPECT_EQ(manager_.generation(), 0U);
  EXPECT_EQ(Served("cancer"),
            "model 'cancer' is not served; no model is served yet; push one and promote it");
}

TEST_F(Manager, LoadsWhatIsWantedAndPublishesIt) {
  source_.Want("cancer", {"1.0.0", "1.1.0"}, {{"production", "1.1.0"}, {"staging", "1.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(Served("cancer"), "1.1.0");
  EXPECT_EQ(Served("cancer", "staging"), "1.0.0");
  EXPECT_EQ(Served("cancer", "1.0.0"), "1.0.0");
  EXPECT_THAT(manager_.Problems(), IsEmpty());
  EXPECT_EQ(States(), (std::map<std::string, State>{{"cancer@1.0.0", State::kReady},
                                                    {"cancer@1.1.0", State::kReady}}));
  EXPECT_TRUE(log_.Says("serving cancer@production = 1.1.0"));
}

TEST_F(Manager, AnUnchangedSourceCausesNoWork) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  const std::uint64_t generation = manager_.generation();
  manager_.ReconcileOnce();
  manager_.ReconcileOnce();
  EXPECT_EQ(source_.fetches(), 1U);
  EXPECT_EQ(manager_.generation(), generation);
}

TEST_F(Manager, APromoteMovesTheAliasAndLoadsOnlyWhatIsNew) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  const std::uint64_t generation = manager_.generation();
  source_.Want("cancer", {"1.0.0", "1.1.0"}, {{"production", "1.1.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(Served("cancer"), "1.1.0");
  EXPECT_EQ(source_.fetches(), 2U);
  EXPECT_GT(manager_.generation(), generation);
  source_.Want("cancer", {"1.0.0", "1.1.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(Served("cancer"), "1.0.0");
  EXPECT_EQ(source_.fetches(), 2U);
}

TEST_F(Manager, KeepsTheOldVersionWhereTheNewOneCannotBeLoaded) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  source_.FailFetch("1.1.0");
  source_.Want("cancer", {"1.1.0"}, {{"production", "1.1.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(Served("cancer"), "1.0.0");
  EXPECT_THAT(manager_.Problems(),
              ElementsAre("cancer@1.1.0 cannot be loaded: the blob is not what it was; "
                          "cancer@production stays at 1.0.0"));
  EXPECT_EQ(States(), (std::map<std::string, State>{{"cancer@1.0.0", State::kReady},
                                                    {"cancer@1.1.0", State::kFailed}}));
}

TEST_F(Manager, TriesAFailedVersionAgainAfterAWhileAndNotBefore) {
  script_.FailOpen(Error{Code::kInvalid, "an operator is not known"});
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  manager_.ReconcileOnce();
  clock_.Advance(std::chrono::seconds(29));
  manager_.ReconcileOnce();
  EXPECT_EQ(source_.fetches(), 1U);
  EXPECT_THAT(manager_.Problems(),
              ElementsAre("cancer@1.0.0 cannot be loaded: an operator is not known; "
                          "cancer@production is not served"));
  EXPECT_EQ(Served("cancer"), "no version of cancer is loaded");
  script_.FailOpen(std::nullopt);
  clock_.Advance(std::chrono::seconds(1));
  manager_.ReconcileOnce();
  EXPECT_EQ(source_.fetches(), 2U);
  EXPECT_EQ(Served("cancer"), "1.0.0");
  EXPECT_THAT(manager_.Problems(), IsEmpty());
}

TEST_F(Manager, TriesAFailedVersionAgainWhenTheSourceChanges) {
  source_.FailFetch("1.0.0");
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  source_.FailFetch("");
  source_.Want("wine", {"2.0.0"}, {{"production", "2.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(Served("cancer"), "1.0.0");
  EXPECT_EQ(Served("wine"), "2.0.0");
}

TEST_F(Manager, OneBrokenModelDoesNotKeepTheOthersFromServing) {
  source_.FailFetch("1.0.0");
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  source_.Want("wine", {"2.0.0"}, {{"production", "2.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(Served("wine"), "2.0.0");
}

TEST_F(Manager, ASourceThatCannotBeReadStopsNothing) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  source_.Fail(Error{Code::kUnavailable, "the registry: disk I/O error"});
  manager_.ReconcileOnce();
  EXPECT_EQ(Served("cancer"), "1.0.0");
  EXPECT_THAT(manager_.Problems(),
              ElementsAre("the models cannot be read: the registry: disk I/O error"));
  source_.Fail(std::nullopt);
  manager_.ReconcileOnce();
  EXPECT_THAT(manager_.Problems(), IsEmpty());
}

TEST_F(Manager, AVersionIsUnloadedWhenItsLastLeaseEndsAndByTheManagersThread) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  ServableHandle lease = **manager_.table()->Resolve("cancer", "");
  source_.Want("cancer", {"1.1.0"}, {{"production", "1.1.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(States()["cancer@1.0.0"], State::kUnloading);
  EXPECT_FALSE(log_.Says("unloaded cancer@1.0.0"));
  lease.reset();
  EXPECT_FALSE(log_.Says("unloaded cancer@1.0.0"));
  manager_.ReconcileOnce();
  EXPECT_TRUE(log_.Says("unloaded cancer@1.0.0"));
  EXPECT_FALSE(States().contains("cancer@1.0.0"));
}

TEST_F(Manager, AVersionThatIsStillLeasedIsTakenBackWithoutALoad) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  const ServableHandle lease = **manager_.table()->Resolve("cancer", "");
  source_.Want("cancer", {"1.1.0"}, {{"production", "1.1.0"}});
  manager_.ReconcileOnce();
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(**manager_.table()->Resolve("cancer", ""), lease);
  EXPECT_EQ(source_.fetches(), 2U);
  EXPECT_EQ(States()["cancer@1.0.0"], State::kReady);
}

TEST_F(Manager, ALaneThatServedAVersionDoesNotKeepItLoaded) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  LaneRig rig(clock_);
  KeptAnswer kept;
  rig.Ask(**manager_.table()->Resolve("cancer", ""), {{1, 1, 1}}, kept);
  rig.lane().EndTick();
  EXPECT_TRUE(kept.ok());
  source_.Drop("cancer");
  manager_.ReconcileOnce();
  EXPECT_TRUE(log_.Says("unloaded cancer@1.0.0"));
  EXPECT_EQ(Served("cancer"),
            "model 'cancer' is not served; no model is served yet; push one and promote it");
  EXPECT_THAT(manager_.Status(), IsEmpty());
}

TEST_F(Manager, AVersionThatDoesNotAnswerItsTrialRunIsServedWithANote) {
  script_.FailOnFirstFeature(0);  // the zeros of the trial run
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(Served("cancer"), "1.0.0");
  EXPECT_TRUE(log_.Says("cancer@1.0.0: the trial run failed"));
}

TEST_F(Manager, AMissingDefaultModelIsAProblem) {
  ModelManager manager({.default_ref = *model::ParseModelRef("cancer@production")}, source_,
                       backend_, clock_, log_);
  source_.Want("wine", {"2.0.0"}, {{"production", "2.0.0"}});
  manager.ReconcileOnce();
  EXPECT_THAT(manager.Problems(),
              ElementsAre("the default model is not served: model 'cancer' is not served; served: "
                          "wine"));
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.ReconcileOnce();
  EXPECT_THAT(manager.Problems(), IsEmpty());
  EXPECT_TRUE(manager.table()->Default().ok());
}

TEST_F(Manager, StartReturnsWhenEverythingIsLoadedAndNudgeBringsTheNextRound) {
  ModelManager manager({.poll = std::chrono::hours(1)}, source_, backend_, clock_, log_);
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.Start();
  EXPECT_TRUE(manager.table()->Resolve("cancer", "").ok());
  const std::uint64_t generation = manager.generation();
  source_.Want("cancer", {"1.0.0", "1.1.0"}, {{"production", "1.1.0"}});
  manager.Nudge();
  while (manager.generation() == generation) std::this_thread::yield();
  EXPECT_EQ((**manager.table()->Resolve("cancer", ""))->version.text(), "1.1.0");
  manager.Stop();
}

TEST_F(Manager, NudgeAndWaitReturnsWhenTheChangeIsServed) {
  ModelManager manager({.poll = std::chrono::hours(1)}, source_, backend_, clock_, log_);
  manager.NudgeAndWait(std::chrono::hours(1));  // not started: returns at once
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.Start();
  for (const std::string version : {"1.1.0", "1.2.0", "1.3.0"}) {
    source_.Want("cancer", {version}, {{"production", version}});
    manager.NudgeAndWait(std::chrono::hours(1));
    EXPECT_EQ((**manager.table()->Resolve("cancer", ""))->version.text(), version);
  }
}

TEST_F(Manager, OtherBytesUnderTheSameVersionAreLoadedAnew) {
  const auto digest = [this] { return (**manager_.table()->Resolve("cancer", ""))->digest; };
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  const model::Digest first = digest();
  source_.OfBytes("second");
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  const model::Digest second = digest();
  EXPECT_NE(second, first);
  script_.FailOpen(Error{Code::kInvalid, "truncated"});
  source_.OfBytes("third");
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(digest(), second);
  EXPECT_THAT(manager_.Problems(), testing::SizeIs(1));
}

// A session that answers the number it was opened with, so that a mixed-up answer is seen.
class NumberedBackend : public runtime::Backend {
 public:
  base::Result<std::unique_ptr<runtime::Session>> Open(const model::Artifact& artifact) override {
    return std::make_unique<Session>(artifact.model->starts_with("1.0") ? 0.25F : 0.75F);
  }
  std::string version() const override { return "numbered"; }

 private:
  class Session : public runtime::Session {
   public:
    explicit Session(float number) : number_(number) {
      const model::Manifest manifest = FakeManifest();
      signature_ = manifest.signature;
    }
    const model::Signature& signature() const override { return signature_; }
    const runtime::GraphInfo& graph() const override { return graph_; }
    std::unique_ptr<runtime::RunControl> MakeControl() const override { return nullptr; }
    base::Result<runtime::Outputs> Run(std::span<const model::TensorView> inputs,
                                       std::span<const std::size_t> /*wanted*/,
                                       runtime::RunControl* /*control*/) const override {
      auto storage = std::make_unique<Storage>();
      const std::int64_t rows = inputs[0].shape[0];
      storage->label.type = model::DataType::kInt64;
      storage->label.shape = {rows};
      storage->label.bytes.resize(static_cast<std::size_t>(rows) * 8);
      storage->scores.shape = {rows, 2};
      const std::vector<float> scores(static_cast<std::size_t>(rows) * 2, number_);
      const auto bytes = std::as_bytes(std::span(scores));
      storage->scores.bytes.assign(bytes.begin(), bytes.end());
      std::vector<model::TensorView> views = {storage->label.view(), storage->scores.view()};
      return runtime::Outputs(std::move(views), std::move(storage));
    }

   private:
    struct Storage : runtime::Outputs::Storage {
      model::Tensor label;
      model::Tensor scores;
    };
    const float number_;
    model::Signature signature_;
    runtime::GraphInfo graph_;
  };
};

// What one reactor does: follow the table, ask, run, collect; every answer must be that of the
// version which was resolved.
struct Reactor {
  Reactor(ModelManager& manager_in, BatchExecutor& executor, const base::Clock& clock)
      : manager(manager_in), lane({.batch_size = 4}, executor, clock, [] {}) {}

  void Tick() {
    const std::uint64_t now = manager.generation();
    if (now != seen) {
      table = manager.table();
      seen = now;
    }
    for (int i = 0; i < 6 && lane.in_flight() < 50; ++i) {
      const auto handle = table->Resolve("cancer", "");
      if (!handle.ok()) {
        ++failed;
        continue;
      }
      auto rows = lane.OpenRows(**handle);
      if (!rows.ok() || !rows->Add().ok()) {
        ++failed;
        continue;
      }
      const Servable* expected = (*handle)->get();
      lane.Submit(std::move(*rows), {}, [this, expected](const base::Result<InferAnswer>& answer) {
        Check(expected, answer);
      });
    }
    lane.EndTick();
    lane.Collect();
  }

  void Check(const Servable* expected, const base::Result<InferAnswer>& answer) {
    if (!answer.ok() || answer->servable != expected) {
      ++failed;
      return;
    }
    const double number = expected->version.text() == "1.0.0" ? 0.25 : 0.75;
    const double got = model::NumberAt(answer->outputs[1], 2 * answer->first_row);
    ++(got == number ? answered : failed);
  }

  ModelManager& manager;
  InferenceLane lane;
  std::shared_ptr<const RoutingTable> table;
  std::uint64_t seen = 0;
  std::size_t answered = 0;
  std::size_t failed = 0;
};

TEST(SwapUnderLoad, AThousandPromotionsFailOrMixNoRequest) {
  constexpr int kThreads = 3;
  constexpr int kPromotions = 1000;
  NumberedBackend backend;
  telemetry::FakeLog log;
  FakeModelSource source(FakeManifest());
  const base::Clock& clock = base::SystemClock::Get();
  ModelManager manager({.poll = std::chrono::hours(1)}, source, backend, clock, log);
  source.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.Start();
  BatchExecutor executor({.threads = 2}, clock);
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> failed{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      Reactor reactor(manager, executor, clock);
      while (!stop.load()) reactor.Tick();
      while (reactor.lane.in_flight() > 0) {
        reactor.lane.Collect();
        std::this_thread::yield();
      }
      answered += reactor.answered;
      failed += reactor.failed;
    });
  }
  for (int i = 0; i < kPromotions; ++i) {
    const std::string next = i % 2 == 0 ? "1.1.0" : "1.0.0";
    const std::uint64_t generation = manager.generation();
    source.Want("cancer", {next}, {{"production", next}});
    manager.Nudge();
    while (manager.generation() == generation) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  manager.Stop();
  manager.ReconcileOnce();
  EXPECT_EQ(failed, 0U);
  EXPECT_GT(answered, static_cast<std::size_t>(kPromotions));
  EXPECT_THAT(manager.Status(), testing::SizeIs(1));
}

}  // namespace
}  // namespace moorage::serving

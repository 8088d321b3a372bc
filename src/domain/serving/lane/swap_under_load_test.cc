#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/telemetry/log/testing/fake_log.h"

namespace moorage::lane {
namespace {

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
      const model::Manifest manifest = servable::FakeManifest();
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

// Does what one reactor does, which is to follow the table, ask, run and collect. Every answer must
// be that of the version which was resolved.
struct Reactor {
  Reactor(models::ModelManager& manager_in, BatchExecutor& executor, const base::Clock& clock)
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
      const servable::Servable* expected = (*handle)->get();
      lane.Submit(std::move(*rows), {}, [this, expected](const base::Result<InferAnswer>& answer) {
        Check(expected, answer);
      });
    }
    lane.EndTick();
    lane.Collect();
  }

  void Check(const servable::Servable* expected, const base::Result<InferAnswer>& answer) {
    if (!answer.ok() || answer->servable != expected) {
      ++failed;
      return;
    }
    const double number = expected->version.text() == "1.0.0" ? 0.25 : 0.75;
    const double got = model::NumberAt(answer->outputs[1], 2 * answer->first_row);
    ++(got == number ? answered : failed);
  }

  models::ModelManager& manager;
  InferenceLane lane;
  std::shared_ptr<const models::RoutingTable> table;
  std::uint64_t seen = 0;
  std::size_t answered = 0;
  std::size_t failed = 0;
};

TEST(SwapUnderLoad, AThousandPromotionsFailOrMixNoRequest) {
  constexpr int kThreads = 3;
  constexpr int kPromotions = 1000;
  NumberedBackend backend;
  telemetry::FakeLog log;
  models::FakeModelSource source(servable::FakeManifest());
  const base::Clock& clock = base::SystemClock::Get();
  models::ModelManager manager({.poll = std::chrono::hours(1)}, source, backend, clock, log);
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
    source.Want("cancer", {next}, {{"production", next}});
    EXPECT_TRUE(manager
                    .AwaitSwitch(model::ModelName("cancer"), model::Alias("production"),
                                 std::chrono::seconds(30))
                    .ok());
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
}  // namespace moorage::lane

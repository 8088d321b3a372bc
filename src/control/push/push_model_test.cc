#include "control/push/push_model.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "control/testing/registry_fixture.h"
#include "control/testing/watched_backend.h"
#include "domain/serving/servable/testing/fake_prober.h"

// What a push refuses is tested beside its operation (control/management/operation_push_test.cc).
namespace moorage::control {
namespace {

class PushModelTest : public RegistryFixture {
 protected:
  static PushRequest RequestFor(ModelFiles files) {
    return {.name = model::ModelName("cancer"),
            .files = std::move(files),
            .options = {},
            .wish = {},
            .actor = "ada"};
  }
  // The versions that four pushes at the same time get; `notes` of each may make its manifest
  // differ.
  std::set<std::string> PushAtOnce(const std::function<std::string(int)>& notes) {
    PushModel push({.registry = *registry_,
                    .backend = backend(),
                    .prober = prober_,
                    .program = "moorage 0.1.0"});
    std::mutex mutex;
    std::set<std::string> versions;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        PushRequest request{.name = model::ModelName("m"),
                            .files = {},
                            .options = {},
                            .wish = LeastLegal{},
                            .actor = "ada"};
        request.files.model = std::make_shared<const std::string>(Example("cancer/model.onnx"));
        request.options.notes = notes(i);
        const auto result = push.Run(request);
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(result.ok()) << result.error().message;
        if (result.ok()) versions.insert(result->version.version.text());
      });
    }
    for (std::thread& thread : threads) thread.join();
    return versions;
  }
};

TEST_F(PushModelTest, PublishesTheVersionThatTheMetadataNames) {
  const auto pushed = PushVersion("cancer", ExampleFiles("cancer"));
  ASSERT_TRUE(pushed.ok()) << pushed.error().message;
  EXPECT_EQ(pushed->version.version.text(), "1.0.0");
  EXPECT_EQ(pushed->version.actor, "ada");
  EXPECT_FALSE(pushed->already_there);
  EXPECT_EQ(pushed->golden, 3U);
  EXPECT_TRUE(PushVersion("cancer", ExampleFiles("cancer"))->already_there);
}

// A prober that does something else first, to cancel inside a step.
class WatchedProber : public servable::FakeProber {
 public:
  base::Status TryOpen(const model::Artifact& artifact, const base::CancelToken& cancel) override {
    if (on_open) on_open();
    RETURN_IF_ERROR(cancel.Check());
    return FakeProber::TryOpen(artifact, cancel);
  }
  base::Result<servable::ProbeReport> Probe(const servable::ProbeRequest& request) override {
    if (on_probe) on_probe();
    return FakeProber::Probe(request);
  }
  std::function<void()> on_open;
  std::function<void()> on_probe;
};

TEST_F(PushModelTest, EndsAfterTheStepInWhichItIsCancelledAndRegistersNothing) {
  for (const std::string step : {"open", "session", "probe", "golden"}) {
    base::CancelSource gone;
    const auto leave = [&gone] { gone.Cancel(base::CancelReason::kShutdown); };
    WatchedProber prober;
    WatchedBackend watched(backend());
    int runs = 0;
    int opens = 0;
    watched.on_open = [&] {
      ++opens;
      if (step == "session") leave();
    };
    watched.on_run = [&] {
      ++runs;
      if (step == "golden") leave();
    };
    if (step == "open") prober.on_open = leave;
    if (step == "probe") prober.on_probe = leave;
    PushRequest request = RequestFor(ExampleFiles("cancer"));
    request.cancel = gone.token();
    const auto pushed =
        PushModel(
            {.registry = *registry_, .backend = watched, .prober = prober, .program = kProgram})
            .Run(request);
    ASSERT_FALSE(pushed.ok()) << step;
    EXPECT_EQ(pushed.error().code, base::Code::kUnavailable) << step;
    EXPECT_EQ(opens, step == "open" ? 0 : 1) << step;
    EXPECT_EQ(runs, step == "golden" ? 1 : 0) << step;
    EXPECT_EQ(prober.probed().size(), step == "probe" || step == "golden" ? 1U : 0U) << step;
    EXPECT_EQ(registry_->Versions(model::ModelName("cancer")).error().code, base::Code::kNotFound)
        << step;
    EXPECT_TRUE(blobs_->List()->empty()) << step;
  }
  // What was given up is free.
  EXPECT_EQ(PushVersion("cancer", ExampleFiles("cancer"))->version.version.text(), "1.0.0");
}

TEST_F(PushModelTest, PushesAtTheSameTimeGetVersionsOfTheirOwn) {
  ASSERT_TRUE(PushVersion("m", BareFiles(Example("cancer/model.onnx"))).ok());
  EXPECT_EQ(PushAtOnce([](int i) { return "thread " + std::to_string(i); }).size(), 4U);
}

TEST_F(PushModelTest, PushesOfTheSameFilesAtTheSameTimeAreOneVersion) {
  EXPECT_EQ(PushAtOnce([](int /*i*/) { return "the same"; }).size(), 1U);
  EXPECT_EQ(registry_->Versions(model::ModelName("m"))->size(), 1U);
}

// The features differ from push to push, so each step between two of the versions is a major one.
TEST_F(PushModelTest, PushesAtTheSameTimeAreJudgedAgainstEachOther) {
  ASSERT_TRUE(PushVersion("m", BareFiles(Example("cancer/model.onnx"))).ok());
  PushModel push(
      {.registry = *registry_, .backend = backend(), .prober = prober_, .program = kProgram});
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      PushRequest request{.name = model::ModelName("m"),
                          .files = BareFiles(Example("cancer/model.onnx")),
                          .options = {},
                          .wish = LeastLegal{},
                          .actor = "ada"};
      std::vector<std::string> features;
      for (int f = 0; f < 30; ++f)
        features.push_back("of" + std::to_string(i) + "_" + std::to_string(f));
      request.options.features = std::move(features);
      const auto result = push.Run(request);
      EXPECT_TRUE(result.ok()) << result.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> majors;
  const auto versions = registry_->Versions(model::ModelName("m"));
  for (const registry::ModelVersion& version : *versions) {
    majors.insert(std::string(version.version.major()));
  }
  EXPECT_EQ(versions->size(), 4U);
  EXPECT_EQ(majors.size(), 4U);
}

TEST_F(PushModelTest, TheSameFilesUnderOneNumberAtTheSameTimeAreThereAlready) {
  PushModel push(
      {.registry = *registry_, .backend = backend(), .prober = prober_, .program = kProgram});
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      PushRequest request{.name = model::ModelName("m"),
                          .files = BareFiles(Example("cancer/model.onnx")),
                          .options = {},
                          .wish = *model::SemVer::Parse("1.0.0"),
                          .actor = "ada"};
      const auto result = push.Run(request);
      EXPECT_TRUE(result.ok()) << result.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(registry_->Versions(model::ModelName("m"))->size(), 1U);
}

TEST_F(PushModelTest, GivesRowsOfTheReferenceDataToTheTrialAndStoresTheReport) {
  servable::FakeProber prober;
  PushModel push(
      {.registry = *registry_, .backend = backend(), .prober = prober, .program = kProgram});
  const auto pushed = push.Run(RequestFor(ExampleFiles("cancer")));
  ASSERT_TRUE(pushed.ok()) << pushed.error().message;
  EXPECT_EQ(prober.rows_given(), std::vector<std::size_t>{16});
  const auto key = servable::ProbeKey::Of(backend());
  const auto stored = registry_->FindProbe(pushed->version.artifact, key.engine, key.processor);
  ASSERT_TRUE(stored.ok());
  EXPECT_TRUE(stored->has_value());
}

TEST_F(PushModelTest, RefusesAModelThatEndedItsTrialAndStoresNothing) {
  servable::FakeProber prober;
  servable::ProbeReport ended;
  ended.end = servable::ProbeEnd::kSignal;
  ended.end_detail = "was ended by signal 8 (SIGFPE) during a run of one row of zeros";
  prober.Return(ended);
  PushModel push(
      {.registry = *registry_, .backend = backend(), .prober = prober, .program = kProgram});
  const auto refused = push.Run(RequestFor(ExampleFiles("cancer")));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::Code::kInvalid);
  EXPECT_EQ(refused.error().message,
            "push cancer@1.0.0: its trial was ended by signal 8 (SIGFPE) during a run of one row "
            "of zeros, so it is not run in the server; correct the graph, and push it again");
  EXPECT_FALSE(registry_->Resolve(Ref("cancer@1.0.0")).ok());
  EXPECT_TRUE(blobs_->List()->empty());
}

TEST_F(PushModelTest, NeverOpensWhatEndedAProcessWhenItWasOpened) {
  servable::FakeProber prober;
  prober.RefuseToOpen({base::Code::kInvalid, "its trial took more memory than it may"});
  PushModel push(
      {.registry = *registry_, .backend = backend(), .prober = prober, .program = kProgram});
  const auto refused = push.Run(RequestFor(BareFiles("no model at all")));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "push cancer: its trial took more memory than it may");
  ExpectNothingStored();
}

}  // namespace
}  // namespace moorage::control

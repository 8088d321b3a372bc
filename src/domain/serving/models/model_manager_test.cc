#include "domain/serving/models/model_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_prober.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/telemetry/log/testing/fake_log.h"

namespace moorage::models {
namespace {

using base::Code;
using base::Error;
using testing::ElementsAre;
using testing::HasSubstr;
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

  static constexpr std::chrono::seconds kLongest{30};
  const model::ModelName cancer_{"cancer"};
  const model::Alias production_{"production"};
  runtime::FakeScript script_;
  runtime::FakeBackend backend_{script_};
  base::FakeClock clock_;
  telemetry::FakeLog log_;
  FakeModelSource source_{servable::FakeManifest()};
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
  EXPECT_EQ(Served("cancer"), "cancer@1.0.0 cannot be loaded: an operator is not known");
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

TEST_F(Manager, ShowsThatALoadTookTooLong) {
  servable::FakeProber prober;
  prober.OnProbe([this] { clock_.Advance(std::chrono::seconds(2)); });
  ModelManager manager({.load_timeout = std::chrono::seconds(1), .prober = &prober}, source_,
                       backend_, clock_, log_);
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.ReconcileOnce();
  const std::string why =
      "cancer@1.0.0 cannot be loaded: it took longer than serving.load_timeout (1s)";
  EXPECT_THAT(manager.Problems(), ElementsAre(HasSubstr(why)));
  const auto served = manager.AwaitSwitch(cancer_, production_, {});
  ASSERT_FALSE(served.ok());
  EXPECT_THAT(served.error().message, HasSubstr(why));
}

TEST_F(Manager, SaysAtOnceWhyAnAliasIsNeverServed) {
  source_.ServeNoAlias("this server does not serve it");
  const auto served = manager_.AwaitSwitch(cancer_, production_, kLongest);
  ASSERT_FALSE(served.ok());
  EXPECT_EQ(served.error().message, "this server does not serve it");
}

TEST_F(Manager, NamesAVersionWhoseSessionIsDestroyed) {
  std::vector<std::uint32_t> unloaded;
  ModelManager manager({.unloaded = [&](std::uint32_t id) { unloaded.push_back(id); }}, source_,
                       backend_, clock_, log_);
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.ReconcileOnce();
  const std::uint32_t id = (*manager.table()->Resolve("cancer", ""))->get()->id;
  source_.Want("cancer", {"1.1.0"}, {{"production", "1.1.0"}});
  manager.ReconcileOnce();
  manager.ReconcileOnce();
  EXPECT_THAT(unloaded, ElementsAre(id));
}

TEST_F(Manager, AVersionIsUnloadedWhenItsLastLeaseEndsAndByTheManagersThread) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  servable::ServableHandle lease = **manager_.table()->Resolve("cancer", "");
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
  const servable::ServableHandle lease = **manager_.table()->Resolve("cancer", "");
  source_.Want("cancer", {"1.1.0"}, {{"production", "1.1.0"}});
  manager_.ReconcileOnce();
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_EQ(**manager_.table()->Resolve("cancer", ""), lease);
  EXPECT_EQ(source_.fetches(), 2U);
  EXPECT_EQ(States()["cancer@1.0.0"], State::kReady);
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
  source_.Want("cancer", {"1.0.0", "1.1.0"}, {{"production", "1.1.0"}});
  manager.Nudge();
  const auto served = [&manager] {
    const auto table = manager.table();
    return (**table->Resolve("cancer", ""))->version.text();
  };
  while (served() != "1.1.0") std::this_thread::yield();
  manager.Stop();
}

TEST_F(Manager, AwaitSwitchReturnsWhenTheChangeIsServed) {
  ModelManager manager({.poll = std::chrono::hours(1)}, source_, backend_, clock_, log_);
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.Start();
  for (const std::string version : {"1.1.0", "1.2.0", "1.3.0"}) {
    source_.Want("cancer", {version}, {{"production", version}});
    EXPECT_TRUE(manager.AwaitSwitch(cancer_, production_, kLongest).ok());
    EXPECT_EQ((**manager.table()->Resolve("cancer", ""))->version.text(), version);
  }
}

TEST_F(Manager, AwaitSwitchSaysWhyTheNewVersionIsNotServed) {
  ModelManager manager({.poll = std::chrono::hours(1)}, source_, backend_, clock_, log_);
  EXPECT_EQ(manager.AwaitSwitch(cancer_, production_, kLongest).error().code, Code::kUnavailable)
      << "returns at once, because no thread runs";
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.Start();
  source_.FailFetch("1.1.0");
  source_.Want("cancer", {"1.1.0"}, {{"production", "1.1.0"}});
  const base::Status failed = manager.AwaitSwitch(cancer_, production_, kLongest);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, "cancer@1.1.0 cannot be loaded: the blob is not what it was");
  const base::Status other = manager.AwaitSwitch(cancer_, model::Alias("canary"), kLongest);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().message, "cancer@canary is not among the aliases that are served");
}

TEST_F(Manager, ALoadThatHangsDelaysNoOtherModelAndNoStop) {
  servable::FakeProber prober;
  ModelManager manager({.poll = std::chrono::hours(1), .prober = &prober}, source_, backend_,
                       clock_, log_);
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  source_.Want("wine", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.Start();
  prober.Hang(source_.DigestOf("cancer", "2.0.0"));
  source_.Want("cancer", {"2.0.0"}, {{"production", "2.0.0"}});
  source_.Want("wine", {"2.0.0"}, {{"production", "2.0.0"}});
  const model::ModelName wine("wine");
  EXPECT_TRUE(manager.AwaitSwitch(wine, production_, kLongest).ok());
  EXPECT_EQ((**manager.table()->Resolve("wine", ""))->version.text(), "2.0.0");
  EXPECT_EQ((**manager.table()->Resolve("cancer", ""))->version.text(), "1.0.0");
  const auto slow = manager.AwaitSwitch(cancer_, production_, std::chrono::milliseconds(1));
  ASSERT_FALSE(slow.ok());
  EXPECT_EQ(slow.error().message, "cancer@2.0.0 is being loaded");
  const auto version = manager.table()->Resolve("cancer", "2.0.0");
  ASSERT_FALSE(version.ok());
  EXPECT_EQ(version.error().code, Code::kUnavailable);
  manager.Stop();
}

TEST_F(Manager, StartDoesNotWaitForAVersionThatHangs) {
  servable::FakeProber prober;
  prober.Hang(source_.DigestOf("cancer", "1.0.0"));
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  ModelManager manager({.poll = std::chrono::hours(1),
                        .prober = &prober,
                        .first_loads = std::chrono::milliseconds(1)},
                       source_, backend_, clock_, log_);
  manager.Start();
  EXPECT_FALSE(manager.table()->Resolve("cancer", "").ok());
  prober.Release();
  EXPECT_TRUE(manager.AwaitSwitch(cancer_, production_, kLongest).ok());
  EXPECT_TRUE(manager.table()->Resolve("cancer", "").ok());
}

TEST_F(Manager, AVersionThatIsNoLongerWantedWhenItsLoadEndsIsDropped) {
  servable::FakeProber prober;
  prober.Hang(source_.DigestOf("cancer", "2.0.0"));
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  ModelManager manager({.poll = std::chrono::hours(1), .prober = &prober}, source_, backend_,
                       clock_, log_);
  manager.Start();
  source_.Want("cancer", {"2.0.0"}, {{"production", "2.0.0"}});
  (void)manager.AwaitSwitch(cancer_, production_, std::chrono::milliseconds(1));
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  prober.Release();
  EXPECT_TRUE(manager.AwaitSwitch(cancer_, production_, kLongest).ok());
  EXPECT_EQ((**manager.table()->Resolve("cancer", ""))->version.text(), "1.0.0");
  EXPECT_THAT(manager.Status(), testing::SizeIs(1));
}

TEST_F(Manager, AQuarantinedVersionIsNamedAndNeverOpened) {
  servable::FakeProber prober;
  servable::ProbeReport ended;
  ended.end = servable::ProbeEnd::kSignal;
  ended.end_detail = "ended by signal 8 (SIGFPE) in a run of one row of zeros";
  source_.Keep(source_.DigestOf("cancer", "1.0.0"), ended);
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  ModelManager manager({.prober = &prober}, source_, backend_, clock_, log_);
  manager.ReconcileOnce();
  EXPECT_THAT(manager.Problems(), ElementsAre(testing::HasSubstr("SIGFPE")));
  const auto missing = manager.table()->Resolve("cancer", "");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, Code::kUnavailable);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("SIGFPE"));
  EXPECT_EQ(manager.table()->Resolve("cancre", "").error().code, Code::kNotFound);
  EXPECT_THAT(prober.probed(), IsEmpty());
}

TEST_F(Manager, AVersionIsUnloadedSoonAfterItsLastLeaseEnds) {
  ModelManager manager({.poll = std::chrono::hours(1)}, source_, backend_, clock_, log_);
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.Start();
  servable::ServableHandle lease = **manager.table()->Resolve("cancer", "");
  source_.Want("cancer", {"1.1.0"}, {{"production", "1.1.0"}});
  EXPECT_TRUE(manager.AwaitSwitch(cancer_, production_, kLongest).ok());
  lease.reset();
  while (!log_.Says("unloaded cancer@1.0.0")) std::this_thread::yield();
  manager.Stop();
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

}  // namespace
}  // namespace moorage::models

// Real processes, really killed. A child pushes, promotes and rolls back; SIGKILL hits it at each
// single operation in turn, or at a moment of the scheduler's choice; the parent looks at what is
// left.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

#include "domain/registry/testing/temporary_registry.h"
#include "foundation/base/testing/faulty_file_system.h"
#include "platform/store/testing/faulty_database.h"

namespace moorage::registry {
namespace {

const model::ModelName kCancer{"cancer"};
const model::Alias kProduction{"production"};

std::string BytesOf(std::size_t number) { return "graph " + std::to_string(number); }
std::string NumberOf(std::size_t number) { return "1.0." + std::to_string(number); }

// Kills its own process when the count of operations reaches a number.
class Executioner {
 public:
  explicit Executioner(std::size_t at) : at_(at) {}
  void operator()() {
    if (count_++ == at_) ::raise(SIGKILL);
  }

 private:
  const std::size_t at_;
  std::size_t count_ = 0;
};

template <typename Work>
pid_t Fork(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  return child;
}

// True if the child ended by itself, having done all it was asked to; false if it was killed.
bool Finished(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) {
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
    return false;
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return true;
}

// Pushes version `number`, validates it, promotes it, and rolls back if there is anything to go to.
bool Release(Registry& registry, std::size_t number) {
  const auto pushed = Push(registry, "cancer", NumberOf(number), BytesOf(number));
  if (!pushed.ok()) return false;
  if (!registry.RecordEvidence(EvidenceOf(pushed->version, Outcome::kPass)).ok()) return false;
  const auto promoted = registry.Promote({.name = kCancer,
                                          .to = Version(NumberOf(number)),
                                          .alias = kProduction,
                                          .actor = "child",
                                          .reason = "the rule is not in question",
                                          .rule = EvidenceRule::kWaived,
                                          .expected = {}});
  return promoted.ok();
}

// A process's whole life, with every operation on files and database counted.
bool CountedLife(const std::string& directory, std::size_t number, std::size_t kill_at) {
  Executioner executioner(kill_at);
  const auto strike = [&](std::size_t) { executioner(); };
  base::FaultyFileSystem files(base::PosixFileSystem::Get());
  files.BeforeEach(strike);
  const auto real = store::SqliteDatabase::Open(directory + "/moorage.db");
  if (!real.ok()) return false;
  store::FaultyDatabase database(**real);
  database.BeforeEach(strike);
  const auto blobs =
      store::DirectoryBlobStore::Open(files, base::SystemRandom::Get(), directory + "/blobs");
  if (!blobs.ok()) return false;
  const base::FakeClock clock;
  const auto registry = Registry::Open({database, **blobs, clock, base::SystemRandom::Get()});
  return registry.ok() && Release(**registry, number);
}

void ExpectClean(Registry& registry, const std::string& when) {
  const VerifyReport report = *registry.Verify();
  for (const base::Detail& problem : report.problems) {
    ADD_FAILURE() << when << ": " << problem.path << ": " << problem.problem;
  }
  // The log has exactly one publication of each version that there is.
  const std::vector<Event> events = EventsOf(registry);
  std::map<std::string, int> published;
  std::int64_t id = 0;
  for (const Event& event : events) {
    EXPECT_EQ(event.id, ++id) << when;
    if (event.verb == "publish") ++published[event.subject];
  }
  const std::vector<ModelVersion> versions =
      registry.Versions(kCancer).value_or(std::vector<ModelVersion>());
  EXPECT_EQ(published.size(), versions.size()) << when;
  for (const ModelVersion& version : versions) {
    EXPECT_EQ(published[Format(version.name, version.version)], 1) << when;
    EXPECT_TRUE(registry.LoadArtifact(version).ok()) << when;
  }
}

TEST(PushCrash, AKillAtEveryOperationLeavesNoHalfVersionAndAPushAgainSucceeds) {
  const base::TemporaryDirectory directory;
  const base::FakeClock clock;
  bool finished = false;
  std::size_t n = 0;
  for (; !finished; ++n) {
    ASSERT_LT(n, 400U);
    const std::string when = "killed at operation " + std::to_string(n);
    finished = Finished(Fork([&] { return CountedLife(directory.path(), n, n); }));
    OpenRegistry registry(directory.path(), clock);
    ExpectClean(*registry, when);
    const auto found = registry->Find(kCancer, Version(NumberOf(n)));
    if (finished) {
      EXPECT_TRUE(found.ok());
    }
    if (found.ok()) {
      EXPECT_EQ(*registry->LoadArtifact(*found)->model, BytesOf(n)) << when;
    }
    EXPECT_TRUE(Release(*registry, n)) << when;
    EXPECT_EQ(registry->Resolve({.name = kCancer, .selector = kProduction})->version,
              Version(NumberOf(n)));
  }
  EXPECT_GT(n, 50U);
}

// The child says over a pipe which version it has been promised; the parent kills it after some of
// them, wherever it then is.
TEST(PushCrash, AKillAtAnyMomentLosesNoVersionThatWasConfirmed) {
  const base::TemporaryDirectory directory;
  const base::FakeClock clock;
  std::size_t next = 0;
  for (const std::size_t lives : {1U, 2U, 3U, 5U, 8U, 1U, 2U, 4U}) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const std::size_t first = next;
    const pid_t child = Fork([&] {
      ::close(ends[0]);
      OpenRegistry registry(directory.path(), clock);
      for (std::size_t number = first;; ++number) {
        if (!Release(*registry, number)) return false;
        const char confirmed = '+';
        if (::write(ends[1], &confirmed, 1) != 1) return false;
      }
    });
    ::close(ends[1]);
    char confirmed = 0;
    for (std::size_t i = 0; i < lives; ++i) ASSERT_EQ(::read(ends[0], &confirmed, 1), 1);
    ::kill(child, SIGKILL);
    EXPECT_FALSE(Finished(child));
    while (::read(ends[0], &confirmed, 1) == 1) ++next;  // confirmed before the kill arrived
    next += lives;
    ::close(ends[0]);

    OpenRegistry registry(directory.path(), clock);
    ExpectClean(*registry, "after " + std::to_string(next));
    for (std::size_t number = 0; number < next; ++number) {
      const auto found = registry->Find(kCancer, Version(NumberOf(number)));
      ASSERT_TRUE(found.ok()) << number;
      EXPECT_EQ(*registry->LoadArtifact(*found)->model, BytesOf(number));
    }
    EXPECT_TRUE(Release(*registry, next));
    ++next;
  }
}

TEST(PushCrash, SeveralProcessesPushAndRaceForAnAliasWithoutLosingAMove) {
  const base::TemporaryDirectory directory;
  const base::FakeClock clock;
  constexpr std::size_t kProcesses = 4;
  constexpr std::size_t kEach = 5;
  std::vector<pid_t> children;
  children.reserve(kProcesses);
  for (std::size_t c = 0; c < kProcesses; ++c) {
    children.push_back(Fork([&] {
      OpenRegistry registry(directory.path(), clock);
      for (std::size_t i = 0; i < kEach; ++i) {
        if (!Release(*registry, c * kEach + i)) return false;
      }
      return true;
    }));
  }
  for (const pid_t child : children) EXPECT_TRUE(Finished(child));
  OpenRegistry registry(directory.path(), clock);
  ExpectClean(*registry, "after the race");
  EXPECT_EQ(registry->Versions(kCancer)->size(), kProcesses * kEach);
  const std::vector<AliasMove> history = *registry->History(kCancer, kProduction);
  ASSERT_EQ(history.size(), kProcesses * kEach);
  for (std::size_t i = 0; i + 1 < history.size(); ++i) {
    EXPECT_EQ(history[i].from, history[i + 1].to);
  }
}

TEST(PushCrash, OfSeveralProcessesThatPushOneVersionOneArtifactWins) {
  const base::TemporaryDirectory directory;
  const base::FakeClock clock;
  std::vector<pid_t> children;
  children.reserve(4);
  for (std::size_t c = 0; c < 4; ++c) {
    children.push_back(Fork([&] {
      OpenRegistry registry(directory.path(), clock);
      const auto pushed = Push(*registry, "cancer", "1.0.0", BytesOf(c));
      return pushed.ok() || pushed.error().code == base::Code::kConflict;
    }));
  }
  for (const pid_t child : children) EXPECT_TRUE(Finished(child));
  OpenRegistry registry(directory.path(), clock);
  ExpectClean(*registry, "after the race");
  EXPECT_EQ(registry->Versions(kCancer)->size(), 1U);
}

}  // namespace
}  // namespace moorage::registry

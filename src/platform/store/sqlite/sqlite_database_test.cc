#include "platform/store/sqlite/sqlite_database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

#include "foundation/base/testing/temporary_directory.h"
#include "foundation/base/user_name.h"

namespace moorage::store {
namespace {

using base::Code;
using base::Status;

std::unique_ptr<SqliteDatabase> OpenDatabase(
    const std::string& path, std::chrono::milliseconds busy = std::chrono::seconds(60)) {
  auto database = SqliteDatabase::Open(path, {.busy_timeout = busy});
  EXPECT_TRUE(database.ok()) << database.error().message;
  return *std::move(database);
}

Status Script(Database& database, std::string_view sql) {
  return InTransaction(database, Access::kWrite,
                       [&](Transaction& transaction) { return transaction.ExecuteScript(sql); });
}

base::Result<std::int64_t> Number(Database& database, std::string_view sql) {
  return InTransaction(
      database, Access::kRead, [&](Transaction& transaction) -> base::Result<std::int64_t> {
        ASSIGN_OR_RETURN(const auto number, transaction.QueryOne(sql, [](const Statement& row) {
          return base::Result<std::int64_t>(row.Integer(0));
        }));
        return number.value_or(-1);
      });
}

void RunRaw(const std::string& path, const char* sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
}

class SqliteDatabaseTest : public testing::Test {
 protected:
  const base::TemporaryDirectory directory_;
  const std::string path_ = directory_ / "data/moorage.db";
  std::unique_ptr<SqliteDatabase> database_ = OpenDatabase(path_);
};

TEST_F(SqliteDatabaseTest, GivesBackEveryKindOfValue) {
  ASSERT_TRUE(
      Script(*database_, "CREATE TABLE t (i BIGINT, r DOUBLE PRECISION, x TEXT, n TEXT)").ok());
  const std::string text("nul\0and \xE2\x9A\x93", 11);
  const auto status = InTransaction(*database_, Access::kWrite, [&](Transaction& transaction) {
    return transaction.Execute("INSERT INTO t VALUES ($1, $2, $3, $4)",
                               std::numeric_limits<std::int64_t>::min(), 0.1, text, nullptr);
  });
  EXPECT_EQ(status.value(), 1);
  int rows = 0;
  const auto read = InTransaction(*database_, Access::kRead, [&](Transaction& transaction) {
    return transaction.Query("SELECT i, r, x, n FROM t", [&](const Statement& row) -> Status {
      ++rows;
      EXPECT_EQ(row.Integer(0), std::numeric_limits<std::int64_t>::min());
      EXPECT_EQ(row.Real(1), 0.1);
      EXPECT_EQ(row.Text(2), text);
      EXPECT_FALSE(row.IsNull(2));
      EXPECT_TRUE(row.IsNull(3));
      EXPECT_EQ(row.Text(3), "");
      return {};
    });
  });
  EXPECT_TRUE(read.ok());
  EXPECT_EQ(rows, 1);
}

TEST_F(SqliteDatabaseTest, TellsTheEmptyTextFromNull) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (x TEXT)").ok());
  const auto status = InTransaction(*database_, Access::kWrite, [&](Transaction& transaction) {
    return transaction.Execute("INSERT INTO t VALUES ($1), ($2), ($3)", std::string_view(),
                               std::optional<std::string_view>(), std::optional<int>(1));
  });
  EXPECT_EQ(status.value(), 3);
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM t WHERE x IS NULL").value(), 1);
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM t WHERE x = ''").value(), 1);
}

TEST_F(SqliteDatabaseTest, BindsParametersByNumberNotByAppearance) {
  const auto result = InTransaction(*database_, Access::kRead, [](Transaction& transaction) {
    return transaction.QueryOne(
        "SELECT $2 - $1 + $2 * 100",
        [](const Statement& row) { return base::Result<std::int64_t>(row.Integer(0)); }, 1, 10);
  });
  EXPECT_EQ(result.value().value(), 1009);
}

TEST_F(SqliteDatabaseTest, AParameterThatTheTextLacksIsAnError) {
  const auto result = InTransaction(*database_, Access::kWrite, [](Transaction& transaction) {
    return transaction.Execute("SELECT $1", 1, 2);
  });
  EXPECT_FALSE(result.ok());
}

TEST_F(SqliteDatabaseTest, RunsAPreparedStatementAgainWithOtherValues) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (i BIGINT)").ok());
  const auto status =
      InTransaction(*database_, Access::kWrite, [&](Transaction& transaction) -> Status {
        ASSIGN_OR_RETURN(const auto insert, transaction.Prepare("INSERT INTO t VALUES ($1)"));
        for (int i = 0; i < 100; ++i) {
          insert->Reset();
          insert->BindInteger(1, i);
          RETURN_IF_ERROR(insert->Execute());
        }
        return {};
      });
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(Number(*database_, "SELECT sum(i) FROM t").value(), 4950);
}

TEST_F(SqliteDatabaseTest, ATransactionThatIsNotCommittedNeverHappened) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (i BIGINT)").ok());
  {
    const auto transaction = database_->Begin(Access::kWrite);
    ASSERT_TRUE((*transaction)->Execute("INSERT INTO t VALUES (1)").ok());
  }
  const auto refused =
      InTransaction(*database_, Access::kWrite, [](Transaction& transaction) -> Status {
        RETURN_IF_ERROR(transaction.Execute("INSERT INTO t VALUES (1)"));
        return base::Error{Code::kDenied, "changed my mind"};
      });
  EXPECT_EQ(refused.error().code, Code::kDenied);
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM t").value(), 0);
}

TEST_F(SqliteDatabaseTest, AViolatedConstraintIsAConflictAndEndsTheTransaction) {
  ASSERT_TRUE(Script(*database_,
                     "CREATE TABLE p (k TEXT PRIMARY KEY);"
                     "CREATE TABLE c (k TEXT NOT NULL REFERENCES p (k));"
                     "INSERT INTO p VALUES ('a')")
                  .ok());
  const auto transaction = database_->Begin(Access::kWrite);
  ASSERT_TRUE((*transaction)->Execute("INSERT INTO p VALUES ('b')").ok());
  const auto duplicate = (*transaction)->Execute("INSERT INTO p VALUES ('a')");
  EXPECT_EQ(duplicate.error().code, Code::kConflict);
  // As with PostgreSQL nothing more happens until the rollback, and no commit.
  EXPECT_FALSE((*transaction)->Execute("INSERT INTO p VALUES ('c')").ok());
  EXPECT_EQ((*transaction)->Commit().error().code, Code::kConflict);
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM p").value(), 1);
}

TEST_F(SqliteDatabaseTest, EnforcesForeignKeys) {
  ASSERT_TRUE(Script(*database_,
                     "CREATE TABLE p (k TEXT PRIMARY KEY);"
                     "CREATE TABLE c (k TEXT NOT NULL REFERENCES p (k))")
                  .ok());
  EXPECT_EQ(Script(*database_, "INSERT INTO c VALUES ('none')").error().code, Code::kConflict);
}

TEST_F(SqliteDatabaseTest, WrongSqlIsOurFault) {
  EXPECT_EQ(Script(*database_, "SELEC 1").error().code, Code::kInternal);
  EXPECT_EQ(Number(*database_, "SELECT i FROM nowhere").error().code, Code::kInternal);
}

TEST_F(SqliteDatabaseTest, AReaderSeesOneSnapshotAndDoesNotWaitForAWriter) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (i BIGINT); INSERT INTO t VALUES (1)").ok());
  const auto reader = database_->Begin(Access::kRead);
  const auto count = [&] {
    return (*reader)
        ->QueryOne("SELECT count(*) FROM t",
                   [](const Statement& row) { return base::Result<std::int64_t>(row.Integer(0)); })
        .value()
        .value();
  };
  EXPECT_EQ(count(), 1);
  const auto writer = database_->Begin(Access::kWrite);
  ASSERT_TRUE((*writer)->Execute("INSERT INTO t VALUES (2)").ok());
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM t").value(), 1);
  ASSERT_TRUE((*writer)->Commit().ok());
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(Number(*database_, "SELECT count(*) FROM t").value(), 2);
}

TEST_F(SqliteDatabaseTest, ReadModifyWriteOfManyThreadsLosesNoUpdate) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (i BIGINT); INSERT INTO t VALUES (0)").ok());
  std::vector<std::thread> threads;
  threads.reserve(16);
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        const auto status =
            InTransaction(*database_, Access::kWrite, [](Transaction& transaction) -> Status {
              ASSIGN_OR_RETURN(const auto value,
                               transaction.QueryOne("SELECT i FROM t", [](const Statement& row) {
                                 return base::Result<std::int64_t>(row.Integer(0));
                               }));
              RETURN_IF_ERROR(transaction.Execute("UPDATE t SET i = $1", *value + 1));
              return {};
            });
        EXPECT_TRUE(status.ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Number(*database_, "SELECT i FROM t").value(), 160);
}

// Runs `work` in a child process. Returns true if it returned true.
template <typename Work>
pid_t Fork(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  return child;
}

bool Succeeded(pid_t child) {
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(SqliteDatabaseProcesses, MayOpenANewFileAndWriteItAtTheSameTime) {
  const base::TemporaryDirectory directory;
  const std::string path = directory / "moorage.db";
  std::vector<pid_t> children;
  children.reserve(4);
  for (int c = 0; c < 4; ++c) {
    children.push_back(Fork([&] {
      const auto database = SqliteDatabase::Open(path, {.busy_timeout = std::chrono::seconds(60)});
      if (!database.ok()) return false;
      for (int i = 0; i < 25; ++i) {
        if (!Script(**database, "CREATE TABLE IF NOT EXISTS t (i BIGINT); INSERT INTO t VALUES (1)")
                 .ok()) {
          return false;
        }
      }
      return true;
    }));
  }
  for (const pid_t child : children) EXPECT_TRUE(Succeeded(child));
  EXPECT_EQ(Number(*OpenDatabase(path), "SELECT count(*) FROM t").value(), 100);
}

TEST_F(SqliteDatabaseTest, SaysThatAnotherWriterKeptItForTooLong) {
  const auto impatient = OpenDatabase(path_, std::chrono::milliseconds(20));
  const auto writer = database_->Begin(Access::kWrite);
  ASSERT_TRUE(writer.ok());
  const auto second = impatient->Begin(Access::kWrite);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_NE(second.error().message.find(path_), std::string::npos);
  // Its own queue of writers has the same patience.
  ASSERT_TRUE((*writer)->Commit().ok());
  const auto first_of_own = impatient->Begin(Access::kWrite);
  ASSERT_TRUE(first_of_own.ok());
  EXPECT_EQ(impatient->Begin(Access::kWrite).error().code, Code::kUnavailable);
  EXPECT_TRUE(impatient->Begin(Access::kRead).ok());
}

TEST_F(SqliteDatabaseTest, IsInWriteAheadModeFullySynchronisedAndMarkedAsOurs) {
  EXPECT_EQ(Number(*database_, "SELECT journal_mode = 'wal' FROM pragma_journal_mode").value(), 1);
  EXPECT_EQ(Number(*database_, "PRAGMA synchronous").value(), 2);
  EXPECT_EQ(Number(*database_, "PRAGMA foreign_keys").value(), 1);
  EXPECT_EQ(Number(*database_, "PRAGMA application_id").value(), SqliteDatabase::kApplicationId);
  EXPECT_EQ(Number(*database_, "PRAGMA user_version").value(), SqliteDatabase::kFormat);
}

TEST(SqliteDatabaseOpen, RefusesTheDatabaseOfAnotherProgram) {
  const base::TemporaryDirectory directory;
  RunRaw(directory / "a.db", "PRAGMA application_id = 77");
  EXPECT_EQ(SqliteDatabase::Open(directory / "a.db").error().code, Code::kInvalid);
  RunRaw(directory / "b.db", "CREATE TABLE browser_history (url TEXT)");
  EXPECT_EQ(SqliteDatabase::Open(directory / "b.db").error().code, Code::kInvalid);
}

TEST(SqliteDatabaseOpen, RefusesTheFormatOfANewerProgram) {
  const base::TemporaryDirectory directory;
  const std::string path = directory / "moorage.db";
  OpenDatabase(path).reset();
  RunRaw(path, "PRAGMA user_version = 2");
  const auto database = SqliteDatabase::Open(path);
  EXPECT_EQ(database.error().code, Code::kUnsupported);
  EXPECT_NE(database.error().message.find("newer moorage"), std::string::npos);
}

TEST(SqliteDatabaseOpen, RefusesAFileThatIsNoDatabase) {
  const base::TemporaryDirectory directory;
  std::ofstream(directory / "moorage.db") << std::string(10'000, 'x');
  EXPECT_EQ(SqliteDatabase::Open(directory / "moorage.db").error().code, Code::kCorrupt);
}

TEST(SqliteDatabaseOpen, SaysWhichDirectoryItCouldNotMake) {
  const base::TemporaryDirectory directory;
  std::ofstream(directory / "file") << "in the way";
  const auto database = SqliteDatabase::Open(directory / "file/moorage.db");
  EXPECT_EQ(database.error().code, Code::kUnavailable);
  EXPECT_NE(database.error().message.find("/file"), std::string::npos);
}

TEST_F(SqliteDatabaseTest, FindsDamageInsideTheFile) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (x TEXT); CREATE INDEX i ON t (x)").ok());
  EXPECT_TRUE(database_->CheckIntegrity().ok());
  const auto filled =
      InTransaction(*database_, Access::kWrite, [](Transaction& transaction) -> Status {
        for (int i = 0; i < 2000; ++i) {
          RETURN_IF_ERROR(transaction.Execute("INSERT INTO t VALUES ($1)",
                                              std::to_string(i) + std::string(50, 'x')));
        }
        return {};
      });
  ASSERT_TRUE(filled.ok());
  database_.reset();  // the last connection folds the log into the file
  const auto size = std::filesystem::file_size(path_);
  {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << std::string(4096, '\x5a');
  }
  database_ = OpenDatabase(path_);
  const Status status = database_->CheckIntegrity();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kCorrupt);
}

TEST(SqliteChanges, ACommitOfAnotherConnectionAndOfAnotherProcessEndTheWait) {
  const base::TemporaryDirectory directory;
  const std::string path = directory.path() + "/watched.db";
  const auto database = OpenDatabase(path);
  ASSERT_TRUE(Script(*database, "CREATE TABLE t (x BIGINT)").ok());
  const auto watch = database->WatchChanges();
  const auto insert = [&path](const std::string& value) {
    return Script(*OpenDatabase(path), "INSERT INTO t VALUES (" + value + ")");
  };
  // A server waits the same way. It asks after each end of a wait, and finds the row at one of
  // them.
  const auto wait_for_rows = [&](std::int64_t rows) {
    while (*Number(*database, "SELECT count(*) FROM t") < rows) {
      ASSERT_EQ(watch->Wait(std::chrono::minutes(1)), base::ChangeWatch::Reason::kChanged);
    }
  };
  std::thread other([&insert] { EXPECT_TRUE(insert("1").ok()); });
  wait_for_rows(1);
  other.join();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(insert("2").ok() ? 0 : 1);
  wait_for_rows(2);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(SqliteChanges, AReplacedFileDoesNotKeepTheWaiter) {
  const base::TemporaryDirectory directory;
  const std::string path = directory.path() + "/watched.db";
  {
    const auto other = OpenDatabase(directory.path() + "/restored.db");
  }
  const auto database = OpenDatabase(path);
  const auto watch = database->WatchChanges();
  std::filesystem::rename(directory.path() + "/restored.db", path);
  EXPECT_EQ(watch->Wait(std::chrono::hours(1)), base::ChangeWatch::Reason::kChanged);
  watch->Wake();
  EXPECT_EQ(watch->Wait(std::chrono::hours(1)), base::ChangeWatch::Reason::kWoken);
}

// What an open database answers once its file is not the one at the path.
void ExpectReplaced(SqliteDatabase& database) {
  for (const Access access : {Access::kRead, Access::kWrite}) {
    const auto begun = database.Begin(access);
    ASSERT_FALSE(begun.ok());
    EXPECT_EQ(begun.error().code, Code::kUnavailable);
    EXPECT_EQ(begun.error().reason, base::kReplacedReason);
  }
}

TEST_F(SqliteDatabaseTest, RefusesToBeginOnceItsFileWasRemovedOrReplaced) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (x BIGINT)").ok());
  const std::string aside = directory_ / "aside.db";
  std::filesystem::rename(path_, aside);
  ExpectReplaced(*database_);
  {
    const auto other = OpenDatabase(path_);
  }
  ExpectReplaced(*database_);
  for (const char* companion : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + companion);
  std::filesystem::remove_all(directory_ / "data");
  ExpectReplaced(*database_);
  // An operator who puts the file back need not start the program again.
  std::filesystem::create_directories(directory_ / "data");
  std::filesystem::rename(aside, path_);
  EXPECT_EQ(database_->Begin(Access::kRead).ok(), true);
}

TEST_F(SqliteDatabaseTest, AcknowledgesNoChangeOfAFileThatHasGoneMeanwhile) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (x BIGINT)").ok());
  auto transaction = database_->Begin(Access::kWrite);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE((*transaction)->Execute("INSERT INTO t VALUES (1)").ok());
  std::filesystem::remove(path_);
  const Status committed = (*transaction)->Commit();
  ASSERT_FALSE(committed.ok());
  EXPECT_EQ(committed.error().reason, base::kReplacedReason);
}

TEST_F(SqliteDatabaseTest, AcknowledgesNoChangeWhoseLogHasGone) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (x BIGINT)").ok());
  std::filesystem::remove(path_ + "-wal");
  const Status changed = Script(*database_, "INSERT INTO t VALUES (1)");
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().code, Code::kUnavailable);
  EXPECT_EQ(changed.error().reason, base::kReplacedReason);
}

TEST_F(SqliteDatabaseTest, OpenToReadSeesEveryCommitAndChangesNothing) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (x BIGINT); INSERT INTO t VALUES (1)").ok());
  const auto reader = SqliteDatabase::Open(path_, {.mode = SqliteMode::kRead});
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(Number(**reader, "SELECT sum(x) FROM t").value(), 1);
  ASSERT_TRUE(Script(*database_, "INSERT INTO t VALUES (2)").ok());
  EXPECT_EQ(Number(**reader, "SELECT sum(x) FROM t").value(), 3);
  const auto writing = (*reader)->Begin(Access::kWrite);
  ASSERT_FALSE(writing.ok());
  EXPECT_EQ(writing.error().code, Code::kUnavailable);
  EXPECT_NE(writing.error().message.find("reading only"), std::string::npos);
}

TEST_F(SqliteDatabaseTest, OpenToReadWaitsForNoWriter) {
  const auto writing = database_->Begin(Access::kWrite);
  ASSERT_TRUE(writing.ok());
  const auto reader = SqliteDatabase::Open(
      path_, {.mode = SqliteMode::kRead, .busy_timeout = std::chrono::milliseconds(0)});
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_TRUE((*reader)->Begin(Access::kRead).ok());
}

TEST_F(SqliteDatabaseTest, IsMadeOnlyWhereThatIsAskedFor) {
  const std::string missing = directory_ / "elsewhere/moorage.db";
  for (const SqliteMode mode : {SqliteMode::kRead, SqliteMode::kExisting}) {
    const auto opened = SqliteDatabase::Open(missing, {.mode = mode});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, Code::kNotFound);
    EXPECT_NE(opened.error().message.find(missing), std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(directory_ / "elsewhere"));
}

// A user who may neither write the file nor make its companions. Root may do both whatever the
// permissions are, so the test becomes another user in a process of its own.
TEST_F(SqliteDatabaseTest, IsReadByAUserWhoMayWriteNothing) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (x BIGINT); INSERT INTO t VALUES (7)").ok());
  database_.reset();
  const std::string folder = directory_ / "data";
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(path_, std::filesystem::perms(0444));
  std::filesystem::permissions(folder, std::filesystem::perms(0555));
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(54321) != 0 || ::setuid(54321) != 0)) ::_exit(9);
    const auto reader = SqliteDatabase::Open(path_, {.mode = SqliteMode::kRead});
    if (!reader.ok()) ::_exit(1);
    const auto read = Number(**reader, "SELECT sum(x) FROM t");
    if (!read.ok() || *read != 7) ::_exit(2);
    const auto writer = SqliteDatabase::Open(path_, {.mode = SqliteMode::kExisting});
    if (writer.ok()) ::_exit(3);
    ::_exit(writer.error().message.find(base::NameOfUser()) == std::string::npos ? 4 : 0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  std::filesystem::permissions(folder, std::filesystem::perms(0755));
}

TEST_F(SqliteDatabaseTest, AFullFileSystemIsNamed) {
  ASSERT_TRUE(Script(*database_, "CREATE TABLE t (x TEXT)").ok());
  const auto transaction = database_->Begin(Access::kWrite);
  ASSERT_TRUE((*transaction)->ExecuteScript("PRAGMA max_page_count = 4").ok());
  const auto full =
      (*transaction)
          ->Execute("INSERT INTO t VALUES ($1)", std::string_view(std::string(90'000, 'x')));
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, Code::kStorageFull);
  EXPECT_NE(full.error().message.find("the file system at /"), std::string::npos)
      << full.error().message;
}

}  // namespace
}  // namespace moorage::store

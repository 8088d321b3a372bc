#include "platform/store/sqlite/sqlite_connection.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "foundation/base/testing/temporary_directory.h"

namespace moorage::store {
namespace {

using base::Code;
using std::chrono::milliseconds;

class SqliteConnectionTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteConnection> Open(milliseconds patience = milliseconds(0)) {
    auto connection = SqliteConnection::Open(path_, patience);
    EXPECT_TRUE(connection.ok()) << connection.error().message;
    return *std::move(connection);
  }

  const base::TemporaryDirectory directory_;
  const std::string path_ = directory_ / "moorage.db";
};

TEST_F(SqliteConnectionTest, IsSafeAndStrictFromTheBeginning) {
  const auto connection = Open();
  EXPECT_EQ(connection->path(), path_);
  EXPECT_EQ(connection->Number("PRAGMA synchronous").value(), 2) << "FULL";
  EXPECT_EQ(connection->Number("PRAGMA foreign_keys").value(), 1);
  EXPECT_EQ(connection->Number("PRAGMA trusted_schema").value(), 0);
  EXPECT_EQ(connection->Number("PRAGMA cell_size_check").value(), 1);
}

TEST_F(SqliteConnectionTest, RunsEveryStatementOfATextAndThrowsRowsAway) {
  const auto connection = Open();
  ASSERT_TRUE(connection
                  ->Run("CREATE TABLE t (x BIGINT);\n-- a remark\nINSERT INTO t VALUES (7);"
                        " SELECT x FROM t; INSERT INTO t VALUES (8) ;  ")
                  .ok());
  EXPECT_EQ(connection->Number("SELECT sum(x) FROM t").value(), 15);
  EXPECT_TRUE(connection->Run("").ok());
  EXPECT_TRUE(connection->Run(" -- nothing but a remark").ok());
}

TEST_F(SqliteConnectionTest, StopsAtTheFirstStatementThatFails) {
  const auto connection = Open();
  ASSERT_TRUE(connection->Run("CREATE TABLE t (x BIGINT PRIMARY KEY)").ok());
  const auto ran = connection->Run(
      "INSERT INTO t VALUES (1); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)");
  ASSERT_FALSE(ran.ok());
  EXPECT_EQ(ran.error().code, Code::kConflict);
  EXPECT_EQ(ran.error().message, "database " + path_ + ": run: UNIQUE constraint failed: t.x");
  EXPECT_EQ(connection->Number("SELECT count(*) FROM t").value(), 1);
}

TEST_F(SqliteConnectionTest, ANumberThatIsNotThereIsAnError) {
  const auto connection = Open();
  ASSERT_TRUE(connection->Run("CREATE TABLE t (x BIGINT)").ok());
  EXPECT_FALSE(connection->Number("SELECT x FROM t").ok());
  const auto wrong = connection->Number("SELECT y FROM t");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, Code::kInternal);
  EXPECT_EQ(wrong.error().message, "database " + path_ + ": read: no such column: y");
}

TEST_F(SqliteConnectionTest, SaysHowLongItWaitedForAnother) {
  const auto writer = Open();
  ASSERT_TRUE(writer->Run("BEGIN IMMEDIATE").ok());
  const auto waiting = Open(milliseconds(3));
  const auto refused = waiting->Run("BEGIN IMMEDIATE");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_NE(refused.error().message.find("another process kept it for 3 ms"), std::string::npos)
      << refused.error().message;
  ASSERT_TRUE(writer->Run("ROLLBACK").ok());
  EXPECT_TRUE(waiting->Run("BEGIN IMMEDIATE").ok());
}

// The codes of the library, by name, and ours.
TEST_F(SqliteConnectionTest, TranslatesWhatTheLibraryAnswers) {
  const auto connection = Open();
  const std::pair<int, Code> rows[] = {{SQLITE_CONSTRAINT_FOREIGNKEY, Code::kConflict},
                                       {SQLITE_CORRUPT, Code::kCorrupt},
                                       {SQLITE_NOTADB, Code::kCorrupt},
                                       {SQLITE_IOERR_CORRUPTFS, Code::kCorrupt},
                                       {SQLITE_FULL, Code::kStorageFull},
                                       {SQLITE_NOMEM, Code::kUnavailable},
                                       {SQLITE_IOERR_FSYNC, Code::kUnavailable},
                                       {SQLITE_BUSY_SNAPSHOT, Code::kUnavailable},
                                       {SQLITE_READONLY, Code::kUnavailable},
                                       {SQLITE_CANTOPEN, Code::kUnavailable},
                                       {SQLITE_INTERRUPT, Code::kCancelled},
                                       {SQLITE_TOOBIG, Code::kInvalid},
                                       {SQLITE_MISUSE, Code::kInternal}};
  for (const auto& [code, ours] : rows) {
    EXPECT_EQ(connection->Explain("do", code).code, ours) << code;
  }
}

TEST_F(SqliteConnectionTest, NamesAFileThatItCannotOpen) {
  const auto connection =
      SqliteConnection::Open(directory_ / "missing/moorage.db", milliseconds(0));
  ASSERT_FALSE(connection.ok());
  EXPECT_EQ(connection.error().code, Code::kUnavailable);
  EXPECT_NE(connection.error().message.find("missing/moorage.db"), std::string::npos);
}

TEST_F(SqliteConnectionTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(path_) << std::string(10'000, 'x');
  const auto connection = SqliteConnection::Open(path_, milliseconds(0));
  const auto read = connection.ok() ? (*connection)->Number("SELECT count(*) FROM sqlite_master")
                                    : base::Result<std::int64_t>(connection.error());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace moorage::store

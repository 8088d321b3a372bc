#include "platform/store/sqlite/migrations.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

#include "foundation/base/testing/temporary_directory.h"
#include "platform/store/sqlite/sqlite_database.h"
#include "platform/store/testing/faulty_database.h"

namespace moorage::store {
namespace {

using base::Code;
using base::Status;

constexpr std::array<Migration, 3> kSteps = {{
    {1, "boats", "CREATE TABLE boats (name TEXT); INSERT INTO boats VALUES ('one')"},
    {2, "colours", "ALTER TABLE boats ADD COLUMN colour TEXT"},
    {3, "more boats", "INSERT INTO boats VALUES ('two', 'red')"},
}};

class MigrationsTest : public testing::Test {
 protected:
  base::Result<std::int64_t> Number(std::string_view sql) {
    return InTransaction(
        *database_, Access::kRead, [&](Transaction& transaction) -> base::Result<std::int64_t> {
          ASSIGN_OR_RETURN(const auto number, transaction.QueryOne(sql, [](const Statement& row) {
            return base::Result<std::int64_t>(row.Integer(0));
          }));
          return number.value_or(-1);
        });
  }

  const base::TemporaryDirectory directory_;
  std::unique_ptr<SqliteDatabase> database_ =
      *SqliteDatabase::Open(directory_ / "moorage.db", {.busy_timeout = std::chrono::seconds(60)});
};

TEST_F(MigrationsTest, RunEachStepOnceWhateverTheyStartFrom) {
  const std::span<const Migration> steps(kSteps);
  for (const std::size_t known : {1U, 1U, 2U, 3U, 3U}) {
    ASSERT_TRUE(Migrate(*database_, "harbour", steps.first(known)).ok());
  }
  EXPECT_EQ(Number("SELECT count(*) FROM boats").value(), 2);
  EXPECT_EQ(Number("SELECT version FROM schema_versions WHERE component = 'harbour'").value(), 3);
}

TEST_F(MigrationsTest, OfTwoComponentsDoNotKnowEachOther) {
  ASSERT_TRUE(Migrate(*database_, "harbour", kSteps).ok());
  constexpr std::array<Migration, 1> kOther = {{{1, "cranes", "CREATE TABLE cranes (name TEXT)"}}};
  ASSERT_TRUE(Migrate(*database_, "cranes", kOther).ok());
  EXPECT_EQ(Number("SELECT version FROM schema_versions WHERE component = 'cranes'").value(), 1);
}

TEST_F(MigrationsTest, RefuseANewerSchemaAndLeaveItAlone) {
  ASSERT_TRUE(Migrate(*database_, "harbour", kSteps).ok());
  const Status old = Migrate(*database_, "harbour", std::span(kSteps).first(2));
  ASSERT_FALSE(old.ok());
  EXPECT_EQ(old.error().code, Code::kUnsupported);
  EXPECT_EQ(
      old.error().message,
      "the database has schema 3 of harbour, this program knows up to 2: use a newer moorage");
  EXPECT_EQ(Number("SELECT version FROM schema_versions").value(), 3);
}

TEST_F(MigrationsTest, KeepTheOldSchemaWhenAStepFails) {
  ASSERT_TRUE(Migrate(*database_, "harbour", std::span(kSteps).first(1)).ok());
  std::vector<Migration> broken(kSteps.begin(), kSteps.end());
  broken[2].sql = "INSERT INTO nowhere VALUES (1)";
  const Status status = Migrate(*database_, "harbour", broken);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("migration 3 of harbour (more boats)"), std::string::npos);
  EXPECT_EQ(Number("SELECT version FROM schema_versions").value(), 1);
  EXPECT_FALSE(Number("SELECT count(colour) FROM boats").ok());
  EXPECT_TRUE(Migrate(*database_, "harbour", kSteps).ok());
}

TEST_F(MigrationsTest, AFailureAtAnyOperationLeavesTheOldOrTheNewSchema) {
  bool finished = false;
  for (std::size_t n = 0; !finished; ++n) {
    ASSERT_LT(n, 30U);
    const base::TemporaryDirectory directory;
    const auto real = *SqliteDatabase::Open(directory / "moorage.db");
    ASSERT_TRUE(Migrate(*real, "harbour", std::span(kSteps).first(1)).ok());
    FaultyDatabase faulty(*real);
    faulty.FailAt(n, base::Error{Code::kUnavailable, "gone"});
    finished = Migrate(faulty, "harbour", kSteps).ok();
    faulty.Recover();
    EXPECT_TRUE(Migrate(faulty, "harbour", kSteps).ok()) << n;
  }
}

TEST_F(MigrationsTest, AreCheckedWithoutAChange) {
  const auto check = [this](std::size_t known) {
    return CheckMigrated(*database_, "harbour", std::span(kSteps).first(known));
  };
  EXPECT_EQ(check(3).error().code, Code::kUnsupported) << "no table at all";
  EXPECT_FALSE(Number("SELECT version FROM schema_versions").ok());
  ASSERT_TRUE(Migrate(*database_, "harbour", std::span(kSteps).first(2)).ok());
  EXPECT_TRUE(check(2).ok());
  EXPECT_EQ(check(1).error().code, Code::kUnsupported);
  const Status older = check(3);
  ASSERT_FALSE(older.ok());
  EXPECT_NE(older.error().message.find("has schema 2 of harbour, this program reads 3"),
            std::string::npos);
  EXPECT_EQ(Number("SELECT version FROM schema_versions").value(), 2);
}

TEST_F(MigrationsTest, WaitForNoWriterWhereNoStepIsMissing) {
  ASSERT_TRUE(Migrate(*database_, "harbour", kSteps).ok());
  const auto other =
      *SqliteDatabase::Open(directory_ / "moorage.db", {.busy_timeout = std::chrono::seconds(0)});
  const auto writing = database_->Begin(Access::kWrite);
  ASSERT_TRUE(writing.ok());
  EXPECT_TRUE(Migrate(*other, "harbour", kSteps).ok());
  EXPECT_TRUE(CheckMigrated(*other, "harbour", kSteps).ok());
}

TEST_F(MigrationsTest, MayBeRunByManyAtOnce) {
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] { EXPECT_TRUE(Migrate(*database_, "harbour", kSteps).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Number("SELECT count(*) FROM boats").value(), 2);
}

}  // namespace
}  // namespace moorage::store

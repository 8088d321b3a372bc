#include "domain/registry/schema.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "foundation/base/testing/temporary_directory.h"
#include "platform/store/sqlite/sqlite_database.h"

namespace moorage::registry {
namespace {

using base::Code;

class SchemaTest : public testing::Test {
 protected:
  base::Status Run(std::string_view sql) {
    return store::InTransaction(
        *database_, store::Access::kWrite,
        [&](store::Transaction& transaction) { return transaction.ExecuteScript(sql); });
  }
  Code Refused(std::string_view sql) {
    const base::Status status = Run(sql);
    EXPECT_FALSE(status.ok()) << sql;
    return status.ok() ? Code::kInternal : status.error().code;
  }

  const base::TemporaryDirectory directory_;
  std::unique_ptr<store::SqliteDatabase> database_ =
      *store::SqliteDatabase::Open(directory_ / "moorage.db");
};

TEST_F(SchemaTest, IsMadeOnceAndFoundAgain) {
  ASSERT_TRUE(UpgradeSchema(*database_).ok());
  ASSERT_TRUE(Run("INSERT INTO events VALUES (1, 0, 'ada', 'collect', '', 'blobs', '{}')").ok());
  ASSERT_TRUE(UpgradeSchema(*database_).ok());
  EXPECT_EQ(Refused("INSERT INTO events VALUES (1, 0, 'ada', 'collect', '', 'blobs', '{}')"),
            Code::kConflict)
      << "the event of before is still there";
}

TEST_F(SchemaTest, OfAnOlderProgramGetsTheTableOfReportsAndKeepsItsRows) {
  ASSERT_TRUE(UpgradeSchema(*database_).ok());
  ASSERT_TRUE(Run("INSERT INTO events VALUES (1, 0, 'ada', 'collect', '', 'blobs', '{}')").ok());
  ASSERT_TRUE(Run("DROP TABLE probe_reports; DROP TABLE alias_rules; DROP TABLE condemned_blobs; "
                  "UPDATE schema_versions SET version = 1 WHERE component = 'registry'")
                  .ok());
  ASSERT_TRUE(UpgradeSchema(*database_).ok());
  EXPECT_TRUE(Run("INSERT INTO probe_reports VALUES ('sha256:1', 'e', 'p', 0, '{}')").ok());
  EXPECT_EQ(Refused("INSERT INTO events VALUES (1, 0, 'ada', 'collect', '', 'blobs', '{}')"),
            Code::kConflict);
}

TEST_F(SchemaTest, OfANewerProgramIsRefused) {
  ASSERT_TRUE(UpgradeSchema(*database_).ok());
  ASSERT_TRUE(Run("UPDATE schema_versions SET version = 99 WHERE component = 'registry'").ok());
  const base::Status newer = UpgradeSchema(*database_);
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, Code::kUnsupported);
  EXPECT_TRUE(newer.error().message.starts_with("registry: ")) << newer.error().message;
}

TEST_F(SchemaTest, HoldsWhatNoRowMayBreak) {
  ASSERT_TRUE(UpgradeSchema(*database_).ok());
  const std::string version = "INSERT INTO versions VALUES ";
  ASSERT_TRUE(
      Run(version + "('m', '1.0.0', '1.0.0', 'ready', NULL, 'sha256:1', 1, 0, 'ada', '{}')").ok());
  const std::string bad_rows[] = {
      // The same precedence twice, an unknown state, a token without a push, bytes before them.
      version + "('m', '1.0.0+b', '1.0.0', 'ready', NULL, 'sha256:1', 1, 0, 'ada', '{}')",
      version + "('m', '2.0.0', '2.0.0', 'gone', NULL, 'sha256:1', 1, 0, 'ada', '{}')",
      version + "('m', '2.0.0', '2.0.0', 'ready', 'token', 'sha256:1', 1, 0, 'ada', '{}')",
      version + "('m', '2.0.0', '2.0.0', 'pending', 'token', 'sha256:1', 1, 0, 'ada', '{}')",
      // An alias, a move and evidence of a version that is not there.
      "INSERT INTO aliases VALUES ('m', 'production', '9.0.0', 0, 'ada')",
      "INSERT INTO alias_moves VALUES (1, 'm', 'production', 'promote', NULL, '9.0.0', 0, 'ada', "
      "'', 0, NULL)",
      "INSERT INTO evidence VALUES (1, 'm', '9.0.0', 'sha256:1', 'validate', 'PASS', 'd', 1, 'p', "
      "NULL, 'e', 0, 'ada', '{}')",
      // Words that the program does not know.
      "INSERT INTO alias_moves VALUES (1, 'm', 'production', 'push', NULL, '1.0.0', 0, 'ada', '', "
      "0, NULL)",
      "INSERT INTO evidence VALUES (1, 'm', '1.0.0', 'sha256:1', 'validate', 'MAYBE', 'd', 1, 'p', "
      "NULL, 'e', 0, 'ada', '{}')",
  };
  for (const std::string& row : bad_rows) EXPECT_EQ(Refused(row), Code::kConflict) << row;
}

}  // namespace
}  // namespace moorage::registry

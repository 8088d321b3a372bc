#include "platform/store/sqlite/migrations.h"

#include <cstdlib>
#include <string>

namespace moorage::store {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

Result<std::int64_t> VersionOf(Transaction& transaction, std::string_view component) {
  ASSIGN_OR_RETURN(
      const auto stored,
      transaction.QueryOne(
          "SELECT version FROM schema_versions WHERE component = $1",
          [](const Statement& row) -> Result<std::int64_t> { return row.Integer(0); }, component));
  return stored.value_or(0);
}

// A newer program may have given columns a meaning that this one would break.
Status RefuseNewer(std::int64_t current, std::int64_t newest, std::string_view component) {
  if (current <= newest) return {};
  return Error{Code::kUnsupported, "the database has schema " + std::to_string(current) + " of " +
                                       std::string(component) + ", this program knows up to " +
                                       std::to_string(newest) + ": use a newer moorage"};
}

// Reads the version without the write lock. A database without the table, or one that another
// process is just creating, has version 0.
Result<std::int64_t> PeekVersion(Database& database, std::string_view component) {
  auto version = InTransaction(database, Access::kRead, [&](Transaction& transaction) {
    return VersionOf(transaction, component);
  });
  if (!version.ok() && version.error().code == Code::kInternal) return 0;
  return version;
}

Status Upgrade(Transaction& transaction, std::string_view component,
               std::span<const Migration> migrations) {
  RETURN_IF_ERROR(
      transaction.ExecuteScript("CREATE TABLE IF NOT EXISTS schema_versions ("
                                "component TEXT PRIMARY KEY, version BIGINT NOT NULL)"));
  const auto newest = static_cast<std::int64_t>(migrations.size());
  ASSIGN_OR_RETURN(const std::int64_t current, VersionOf(transaction, component));
  if (current == newest) return {};
  RETURN_IF_ERROR(RefuseNewer(current, newest, component));
  for (const Migration& migration : migrations.subspan(static_cast<std::size_t>(current))) {
    RETURN_IF_ERROR(base::Annotate("migration " + std::to_string(migration.version) + " of " +
                                       std::string(component) + " (" + std::string(migration.name) +
                                       ")",
                                   transaction.ExecuteScript(migration.sql)));
  }
  RETURN_IF_ERROR(
      transaction.Execute("INSERT INTO schema_versions (component, version) "
                          "VALUES ($1, $2) ON CONFLICT (component) "
                          "DO UPDATE SET version = excluded.version",
                          component, newest));
  return {};
}

}  // namespace

Status CheckMigrated(Database& database, std::string_view component,
                     std::span<const Migration> migrations) {
  const auto newest = static_cast<std::int64_t>(migrations.size());
  ASSIGN_OR_RETURN(const std::int64_t current, PeekVersion(database, component));
  RETURN_IF_ERROR(RefuseNewer(current, newest, component));
  if (current == newest) return {};
  return Error{Code::kUnsupported,
               "the database has schema " + std::to_string(current) + " of " +
                   std::string(component) + ", this program reads " + std::to_string(newest) +
                   ": a push, or a server that may write, brings it up to date"};
}

Status Migrate(Database& database, std::string_view component,
               std::span<const Migration> migrations) {
  // Versions are 1, 2, 3, ... A gap is a mistake in the program, which no database must see.
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version != static_cast<std::int64_t>(i) + 1) std::abort();
  }
  ASSIGN_OR_RETURN(const std::int64_t current, PeekVersion(database, component));
  if (current == static_cast<std::int64_t>(migrations.size())) return {};
  // One write transaction, so a second process waits and then finds nothing to do.
  return InTransaction(database, Access::kWrite, [&](Transaction& transaction) {
    return Upgrade(transaction, component, migrations);
  });
}

}  // namespace moorage::store

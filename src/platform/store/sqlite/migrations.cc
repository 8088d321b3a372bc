#include "platform/store/sqlite/migrations.h"

#include <cstdlib>
#include <string>

namespace moorage::store {
namespace {

using base::Code;
using base::Error;
using base::Status;

Status Upgrade(Transaction& transaction, std::string_view component,
               std::span<const Migration> migrations) {
  RETURN_IF_ERROR(
      transaction.ExecuteScript("CREATE TABLE IF NOT EXISTS schema_versions ("
                                "component TEXT PRIMARY KEY, version BIGINT NOT NULL)"));
  ASSIGN_OR_RETURN(
      const auto stored,
      transaction.QueryOne(
          "SELECT version FROM schema_versions WHERE component = $1",
          [](const Statement& row) -> base::Result<std::int64_t> { return row.Integer(0); },
          component));
  const auto newest = static_cast<std::int64_t>(migrations.size());
  const std::int64_t current = stored.value_or(0);
  if (current == newest) return {};
  // A newer program may have given columns a meaning that this one would break.
  if (current > newest) {
    return Error{Code::kUnsupported, "the database has schema " + std::to_string(current) + " of " +
                                         std::string(component) + ", this program knows up to " +
                                         std::to_string(newest) + ": use a newer moorage"};
  }
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

Status Migrate(Database& database, std::string_view component,
               std::span<const Migration> migrations) {
  // Versions are 1, 2, 3, ... A gap is a mistake in the program, which no database must see.
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version != static_cast<std::int64_t>(i) + 1) std::abort();
  }
  // One write transaction, so a second process waits and then finds nothing to do.
  return InTransaction(database, Access::kWrite, [&](Transaction& transaction) {
    return Upgrade(transaction, component, migrations);
  });
}

}  // namespace moorage::store

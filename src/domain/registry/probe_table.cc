#include "domain/registry/probe_table.h"

#include "foundation/json/json.h"

namespace moorage::registry {

using base::Result;
using store::Statement;
using store::Transaction;

base::Status WriteProbe(Transaction& transaction, const StoredProbe& probe) {
  RETURN_IF_ERROR(
      base::Annotate("report on " + probe.artifact.value(), json::ParseJson(probe.report)));
  RETURN_IF_ERROR(transaction.Execute(
      "INSERT INTO probe_reports (artifact, engine, processor, created_at, report) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (artifact, engine, processor) "
      "DO UPDATE SET created_at = excluded.created_at, report = excluded.report",
      probe.artifact.value(), probe.engine, probe.processor, probe.created, probe.report));
  return {};
}

Result<std::optional<StoredProbe>> ReadProbe(Transaction& transaction,
                                             const model::Digest& artifact, std::string_view engine,
                                             std::string_view processor) {
  return transaction.QueryOne(
      "SELECT created_at, report FROM probe_reports "
      "WHERE artifact = $1 AND engine = $2 AND processor = $3",
      [&](const Statement& row) -> Result<StoredProbe> {
        return StoredProbe{.artifact = artifact,
                           .engine = std::string(engine),
                           .processor = std::string(processor),
                           .report = std::string(row.Text(1)),
                           .created = store::TimeAt(row, 0)};
      },
      artifact.value(), engine, processor);
}

base::Status RemoveUnusedProbes(Transaction& transaction, base::Time horizon) {
  // A younger report may be of a push in flight.
  RETURN_IF_ERROR(
      transaction.Execute("DELETE FROM probe_reports WHERE created_at < $1 AND artifact NOT IN "
                          "(SELECT artifact FROM versions WHERE state = 'ready')",
                          horizon));
  return {};
}

}  // namespace moorage::registry

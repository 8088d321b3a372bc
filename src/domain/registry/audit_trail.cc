#include "domain/registry/audit_trail.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "domain/registry/row_mapping.h"
#include "foundation/base/units.h"

namespace moorage::registry {
namespace {

using base::Result;
using base::Status;
using store::Statement;
using store::Transaction;

// A cast alone would make a huge limit negative, and a negative LIMIT means no limit in SQLite.
std::int64_t AsLimit(std::size_t limit) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(limit, kMost));
}

struct Last {
  std::int64_t id;
  base::Time at;
};

Result<std::optional<Last>> ReadLast(Transaction& transaction) {
  return transaction.QueryOne("SELECT id, happened_at FROM events ORDER BY id DESC LIMIT 1",
                              [](const Statement& row) -> Result<Last> {
                                return Last{row.Integer(0), store::TimeAt(row, 1)};
                              });
}

// What is stored is what is printed, so a time that was printed finds what was stored.
base::Time WholeMilliseconds(const base::Clock& clock) {
  return std::chrono::floor<std::chrono::milliseconds>(clock.Now());
}

}  // namespace

Status CheckClock(base::Time now, base::Time newest) {
  const bool behind = newest - now > kMostBehind;
  if (!behind && now - newest <= kMostAhead) return {};
  return base::Error{base::Code::kUnavailable,
                     "the clock of this machine says " + base::FormatTime(now) +
                         ", and the newest event is of " + base::FormatTime(newest) +
                         ": correct the clock; if it is right, run moorage doctor --accept-clock"};
}

Result<AuditTrail> AuditTrail::Open(Transaction& transaction, const base::Clock& clock) {
  ASSIGN_OR_RETURN(const std::optional<Last> last, ReadLast(transaction));
  const base::Time now = WholeMilliseconds(clock);
  if (!last) return AuditTrail(transaction, 0, now);
  RETURN_IF_ERROR(CheckClock(now, last->at));
  // AliasAt finds the last move at or before a time, so times must not run backwards when the clock
  // is set back.
  return AuditTrail(transaction, last->id, std::max(now, last->at));
}

Result<AuditTrail> AuditTrail::OpenUnchecked(Transaction& transaction, const base::Clock& clock) {
  ASSIGN_OR_RETURN(const std::optional<Last> last, ReadLast(transaction));
  return AuditTrail(transaction, last ? last->id : 0, WholeMilliseconds(clock));
}

Status AuditTrail::Append(std::string_view actor, std::string_view verb, std::string_view model,
                          std::string_view subject, const json::Json& details) {
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO events (id, happened_at, actor, verb, model, subject, details) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      last_ + 1, now_, actor, verb, model, subject, json::ToText(details)));
  ++last_;
  return {};
}

Result<std::vector<Event>> ReadAudit(Transaction& transaction, const AuditFilter& filter) {
  const std::int64_t since = filter.since ? filter.since->time_since_epoch().count()
                                          : std::numeric_limits<std::int64_t>::min();
  // Two statements, because SQLite does not use the index events_by_model for a condition that may
  // be absent.
  if (!filter.name) {
    return ReadAll(
        transaction,
        Select(kEventColumns, "FROM events WHERE happened_at >= $1 ORDER BY id DESC LIMIT $2"),
        &ReadEvent, since, AsLimit(filter.limit));
  }
  return ReadAll(transaction,
                 Select(kEventColumns,
                        "FROM events WHERE model = $1 AND happened_at >= $2 ORDER BY id DESC "
                        "LIMIT $3"),
                 &ReadEvent, filter.name->value(), since, AsLimit(filter.limit));
}

Result<std::int64_t> NewestEvent(Transaction& transaction) {
  ASSIGN_OR_RETURN(const auto newest,
                   transaction.QueryOne("SELECT id FROM events ORDER BY id DESC LIMIT 1",
                                        [](const Statement& row) -> Result<std::int64_t> {
                                          return row.Integer(0);
                                        }));
  return newest.value_or(0);
}

}  // namespace moorage::registry

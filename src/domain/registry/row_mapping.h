#pragma once

// Turns rows of the database into values.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/registry/alias_move.h"
#include "domain/registry/event.h"
#include "domain/registry/evidence.h"
#include "domain/registry/model_version.h"
#include "domain/registry/version_state.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Maps rows of the registry's tables to values. Each k…Columns is the list of columns that its
// reader expects, in order. A stored text that does not parse is kCorrupt.

base::Result<model::SemVer> SemVerAt(const store::Statement& row, int column);

// A row of `versions`, whatever its state.
struct VersionRow {
  VersionState state = VersionState::kPending;
  std::string token;
  ModelVersion version;  // without aliases, and without artifact while pending
};
inline constexpr std::string_view kVersionColumns =
    "model, version, state, token, artifact, size, created_at, actor, checks";
base::Result<VersionRow> ReadVersion(const store::Statement& row);

inline constexpr std::string_view kMoveColumns =
    "id, model, alias, verb, from_version, to_version, moved_at, actor, reason, forced, evidence";
base::Result<AliasMove> ReadMove(const store::Statement& row);

inline constexpr std::string_view kEvidenceColumns =
    "id, model, version, artifact, kind, outcome, dataset, dataset_rows, policy, baseline, engine, "
    "created_at, actor, report";
base::Result<Evidence> ReadEvidence(const store::Statement& row);

inline constexpr std::string_view kEventColumns =
    "id, happened_at, actor, verb, model, subject, details";
base::Result<Event> ReadEvent(const store::Statement& row);

inline constexpr std::string_view kAliasColumns = "alias, version, moved_at, actor";
base::Result<AliasTarget> ReadAlias(const store::Statement& row);

// "SELECT <columns> <rest>".
std::string Select(std::string_view columns, std::string_view rest);

// All rows of a query, read by `read(const Statement&) -> Result<T>`.
template <typename T, typename... Values>
base::Result<std::vector<T>> ReadAll(store::Transaction& transaction, std::string_view sql,
                                     base::Result<T> (*read)(const store::Statement&),
                                     const Values&... values) {
  std::vector<T> rows;
  RETURN_IF_ERROR(transaction.Query(
      sql,
      [&](const store::Statement& row) -> base::Status {
        ASSIGN_OR_RETURN(T value, read(row));
        rows.push_back(std::move(value));
        return {};
      },
      values...));
  return rows;
}

}  // namespace moorage::registry

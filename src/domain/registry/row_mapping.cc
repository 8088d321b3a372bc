#include "domain/registry/row_mapping.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Error;
using base::Result;
using model::Alias;
using model::Digest;
using model::ModelName;
using model::SemVer;
using store::Statement;
using store::TimeAt;

std::string TextAt(const Statement& row, int column) { return std::string(row.Text(column)); }

// The registry writes only texts that parse. Another program must have changed this one.
template <typename T>
Result<T> Stored(Result<T> parsed) {
  if (parsed.ok()) return parsed;
  return Error{Code::kCorrupt, "registry database: " + parsed.error().message};
}

}  // namespace

std::string Format(const ModelName& name, const SemVer& version) {
  return name.value() + "@" + version.text();
}

std::string Select(std::string_view columns, std::string_view rest) {
  return std::string("SELECT ").append(columns).append(" ").append(rest);
}

Result<SemVer> SemVerAt(const Statement& row, int column) {
  return Stored(SemVer::Parse(row.Text(column)));
}

Result<VersionRow> ReadVersion(const Statement& row) {
  ASSIGN_OR_RETURN(SemVer version, SemVerAt(row, 1));
  const auto state = ParseVersionState(row.Text(2));
  if (!state) return Error{Code::kCorrupt, "registry database: version in an unknown state"};
  return VersionRow{.state = *state,
                    .token = TextAt(row, 3),
                    .version = {.name = ModelName(TextAt(row, 0)),
                                .version = std::move(version),
                                .artifact = Digest(TextAt(row, 4)),
                                .size = static_cast<std::uint64_t>(row.Integer(5)),
                                .created = TimeAt(row, 6),
                                .actor = TextAt(row, 7),
                                .checks = TextAt(row, 8),
                                .aliases = {}}};
}

Result<AliasMove> ReadMove(const Statement& row) {
  ASSIGN_OR_RETURN(const MoveVerb verb, Stored(ParseMoveVerb(row.Text(3))));
  std::optional<SemVer> from;
  if (!row.IsNull(4)) {
    ASSIGN_OR_RETURN(from, SemVerAt(row, 4));
  }
  ASSIGN_OR_RETURN(SemVer to, SemVerAt(row, 5));
  AliasMove move{.id = row.Integer(0),
                 .name = ModelName(TextAt(row, 1)),
                 .alias = Alias(TextAt(row, 2)),
                 .verb = verb,
                 .from = std::move(from),
                 .to = std::move(to),
                 .at = TimeAt(row, 6),
                 .actor = TextAt(row, 7),
                 .reason = TextAt(row, 8),
                 .forced = row.Integer(9) != 0,
                 .evidence = {}};
  if (!row.IsNull(10)) move.evidence = row.Integer(10);
  return move;
}

Result<Evidence> ReadEvidence(const Statement& row) {
  ASSIGN_OR_RETURN(SemVer version, SemVerAt(row, 2));
  ASSIGN_OR_RETURN(const Outcome outcome, Stored(model::ParseOutcome(row.Text(5))));
  Evidence evidence{.id = row.Integer(0),
                    .name = ModelName(TextAt(row, 1)),
                    .version = std::move(version),
                    .artifact = Digest(TextAt(row, 3)),
                    .kind = TextAt(row, 4),
                    .outcome = outcome,
                    .dataset = Digest(TextAt(row, 6)),
                    .rows = static_cast<std::uint64_t>(row.Integer(7)),
                    .policy = Digest(TextAt(row, 8)),
                    .baseline = {},
                    .engine = TextAt(row, 10),
                    .created = TimeAt(row, 11),
                    .actor = TextAt(row, 12),
                    .report = TextAt(row, 13)};
  if (!row.IsNull(9)) evidence.baseline = Digest(TextAt(row, 9));
  return evidence;
}

Result<Event> ReadEvent(const Statement& row) {
  return Event{.id = row.Integer(0),
               .at = TimeAt(row, 1),
               .actor = TextAt(row, 2),
               .verb = TextAt(row, 3),
               .model = TextAt(row, 4),
               .subject = TextAt(row, 5),
               .details = TextAt(row, 6)};
}

Result<AliasTarget> ReadAlias(const Statement& row) {
  ASSIGN_OR_RETURN(SemVer version, SemVerAt(row, 1));
  return AliasTarget{.alias = Alias(TextAt(row, 0)),
                     .version = std::move(version),
                     .since = TimeAt(row, 2),
                     .actor = TextAt(row, 3)};
}

}  // namespace moorage::registry

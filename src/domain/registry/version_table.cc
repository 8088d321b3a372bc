#include "domain/registry/version_table.h"

#include <algorithm>
#include <map>

#include "domain/registry/alias_table.h"
#include "foundation/base/units.h"
#include "foundation/json/json.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using json::Json;
using model::ArtifactIndex;
using model::Digest;
using model::ModelName;
using model::SemVer;
using store::Statement;
using store::Transaction;

// Two versions have the same text here exactly if they have the same precedence. Build metadata is
// cut off (Semantic Versioning 2.0.0, item 10), and numbers have no leading zeros (items 2 and 9).
std::string_view PrecedenceOf(const SemVer& version) {
  const std::string_view text = version.text();
  return text.substr(0, text.find('+'));
}

Result<std::optional<VersionRow>> FindByPrecedence(Transaction& transaction, const ModelName& name,
                                                   const SemVer& version) {
  return transaction.QueryOne(
      Select(kVersionColumns, "FROM versions WHERE model = $1 AND precedence = $2"), &ReadVersion,
      name.value(), PrecedenceOf(version));
}

Result<std::optional<VersionRow>> FindRow(Transaction& transaction, const ModelName& name,
                                          const SemVer& version) {
  return transaction.QueryOne(
      Select(kVersionColumns, "FROM versions WHERE model = $1 AND version = $2"), &ReadVersion,
      name.value(), version.text());
}

Error Conflict(const ModelName& name, const SemVer& version, std::string_view why) {
  return Error{Code::kConflict, Format(name, version) + ": " + std::string(why)};
}

// Why the present row refuses the request, or nothing if it may be replaced.
std::optional<Error> ReservationConflict(const VersionRow& row, const ReservationRequest& request,
                                         base::Time now) {
  const auto conflict = [&](std::string_view why) {
    return Conflict(request.name, request.version, why);
  };
  if (row.state == VersionState::kDeleted) {
    return conflict("was deleted, and a version number is never used again; push the next one");
  }
  // Versions that differ only in build metadata have no order (Semantic Versioning 2.0.0, item 10),
  // so only one of them can exist. A reservation is no version, and may have been abandoned.
  if (row.state == VersionState::kReady) {
    return conflict("differs only in build metadata from " + row.version.version.text() +
                    ", which is registered already; push the next version");
  }
  // One of the future was made under a wrong clock, and would never grow old.
  const bool abandoned =
      now - row.version.created >= kAbandonedAfter || row.version.created - now > kMostBehind;
  if (abandoned || request.takeover == Takeover::kAlways) return std::nullopt;
  const bool other = !(row.version.version == request.version);
  return conflict((other ? row.version.version.text() + " " : std::string()) +
                  "is being pushed by " + row.version.actor + " since " +
                  base::FormatTime(row.version.created));
}

// A token is random, and ends with the artifact that its push will publish.
std::string TokenOf(const ReservationRequest& request) {
  std::string token(request.token);
  if (request.artifact) token += "." + request.artifact->value();
  return token;
}

// True if the row is held for the same artifact under the same version.
bool Shares(const VersionRow& row, const ReservationRequest& request) {
  return row.state == VersionState::kPending && row.version.version == request.version &&
         request.artifact && row.token.ends_with("." + request.artifact->value());
}

Status DeletePending(Transaction& transaction, const ModelVersion& version) {
  RETURN_IF_ERROR(transaction.Execute(
      "DELETE FROM versions WHERE model = $1 AND version = $2 AND state = 'pending'",
      version.name.value(), version.version.text()));
  return {};
}

std::uint64_t TotalSize(const ArtifactIndex& artifact) {
  std::uint64_t size = 0;
  for (const model::ArtifactFile& file : artifact.files) size += file.size;
  return size;
}

// Two versions may have one artifact. Its digest covers the list of files, so the rows that are
// there are the same.
Status WriteFiles(Transaction& transaction, const Digest& digest, const ArtifactIndex& artifact) {
  for (const model::ArtifactFile& file : artifact.files) {
    RETURN_IF_ERROR(
        transaction.Execute("INSERT INTO artifact_files (artifact, name, digest, size) "
                            "VALUES ($1, $2, $3, $4) ON CONFLICT (artifact, name) DO NOTHING",
                            digest.value(), file.name, file.digest.value(), file.size));
  }
  return {};
}

// The answer to a publication of a version that is not pending under the reservation's token.
Result<Published> AnswerLatePublication(Transaction& transaction, const Reservation& reservation,
                                        const std::optional<VersionRow>& row,
                                        const Digest& digest) {
  const auto conflict = [&](std::string_view why) {
    return Conflict(reservation.name, reservation.version, why);
  };
  if (!row) {
    Error error = conflict("the reservation was given up; push again");
    error.reason = kOvertaken;
    return error;
  }
  if (row->state == VersionState::kDeleted) return conflict("was deleted meanwhile");
  if (row->state == VersionState::kPending) {
    return conflict("another push by " + row->version.actor + " has taken over; push again");
  }
  if (row->version.artifact != digest) {
    return conflict("is published with artifact " + row->version.artifact.value() +
                    " and never changes; yours is " + digest.value() + ": push the next version");
  }
  // The same artifact is there, so a publication that is repeated after a lost answer succeeds.
  ASSIGN_OR_RETURN(ModelVersion version,
                   FindVersion(transaction, reservation.name, reservation.version));
  return Published{.version = std::move(version), .already_there = true};
}

Error NotRegistered(const ModelName& name) {
  return Error{Code::kNotFound, "model " + name.value() + ": is not registered"};
}

Result<std::string> ReadText(const Statement& row) { return std::string(row.Text(0)); }

}  // namespace

Result<Reservation> ReserveVersion(Transaction& transaction, AuditTrail& audit,
                                   const ReservationRequest& request) {
  Reservation reservation{.name = request.name,
                          .version = request.version,
                          .actor = std::string(request.actor),
                          .token = TokenOf(request),
                          .existing = {}};
  ASSIGN_OR_RETURN(const std::optional<VersionRow> row,
                   FindByPrecedence(transaction, request.name, request.version));
  Json details = Json::object();
  // A push of a published version goes on without a reservation. Its publication compares the
  // artifacts.
  if (row && row->state == VersionState::kReady && row->version.version == request.version) {
    ASSIGN_OR_RETURN(reservation.existing, FindVersion(transaction, request.name, request.version));
    return reservation;
  }
  // Two pushes of the same bytes are one push. Either publishes, and the other finds it there.
  if (row && Shares(*row, request)) {
    reservation.token = row->token;
    return reservation;
  }
  const VersionState before = row ? row->state : VersionState::kFree;
  if (row) {
    if (auto conflict = ReservationConflict(*row, request, audit.now())) {
      return *std::move(conflict);
    }
    // The row is replaced and has a new token, so the push that was interrupted can no longer
    // publish.
    RETURN_IF_ERROR(DeletePending(transaction, row->version));
    details["taken_over_from"] = row->version.actor;
  }
  RETURN_IF_ERROR(transaction.Execute(
      "INSERT INTO versions (model, version, precedence, state, token, artifact, size, created_at, "
      "actor, checks) VALUES ($1, $2, $3, $7, $4, NULL, 0, $5, $6, '{}')",
      request.name.value(), request.version.text(), PrecedenceOf(request.version),
      reservation.token, audit.now(), request.actor, NameAfter({before, VersionState::kPending})));
  RETURN_IF_ERROR(audit.Append(request.actor, "reserve", request.name.value(),
                               Format(request.name, request.version), details));
  return reservation;
}

namespace {

// Nothing before the first version is published.
Result<std::optional<ModelVersion>> FindLatest(Transaction& transaction, const ModelName& name) {
  const auto versions = ReadVersions(transaction, name);
  if (!versions.ok() && versions.error().code != Code::kNotFound) return versions.error();
  const ModelVersion* latest = versions.ok() ? LatestOf(*versions) : nullptr;
  return latest != nullptr ? std::optional(*latest) : std::nullopt;
}

// Another push may have published a neighbour since the change was judged.
Status CheckNeighbours(Transaction& transaction, const Reservation& reservation) {
  const auto versions = ReadVersions(transaction, reservation.name);
  if (!versions.ok() && versions.error().code != Code::kNotFound) return versions.error();
  const Neighbours now =
      versions.ok() ? NeighboursOf(*versions, reservation.version) : Neighbours{};
  if (now == *reservation.judged) return {};
  Error error =
      Conflict(reservation.name, reservation.version,
               "another version was published or deleted beside it meanwhile; push again");
  error.reason = kOvertaken;
  return error;
}

}  // namespace

Result<Published> PublishVersion(Transaction& transaction, AuditTrail& audit,
                                 const Reservation& reservation, const ArtifactIndex& artifact,
                                 std::string_view checks) {
  const Digest digest = artifact.digest();
  ASSIGN_OR_RETURN(const std::optional<VersionRow> row,
                   FindRow(transaction, reservation.name, reservation.version));
  if (!row || row->state != VersionState::kPending || row->token != reservation.token) {
    return AnswerLatePublication(transaction, reservation, row, digest);
  }
  // Two pushes of the same files can reserve two numbers. The second to publish finds the artifact
  // here and frees its number.
  if (reservation.same == SameArtifact::kLatestVersion) {
    ASSIGN_OR_RETURN(auto latest, FindLatest(transaction, reservation.name));
    if (latest && latest->artifact == digest) {
      const std::string reason = "published meanwhile as " + latest->version.text();
      RETURN_IF_ERROR(RejectVersion(transaction, audit, reservation, reason));
      return Published{.version = *std::move(latest), .already_there = true};
    }
  }
  if (reservation.judged) {
    RETURN_IF_ERROR(CheckNeighbours(transaction, reservation));
  }
  // Readers embed the text in their documents, so it must be JSON.
  ASSIGN_OR_RETURN(const Json parsed, base::Annotate("checks", json::ParseJson(checks)));
  RETURN_IF_ERROR(WriteFiles(transaction, digest, artifact));
  const std::uint64_t size = TotalSize(artifact);
  // `created_at` was the time of the reservation, which decides when it is abandoned. Now it is the
  // time of the publication.
  RETURN_IF_ERROR(transaction.Execute(
      "UPDATE versions SET state = $7, token = NULL, artifact = $3, size = $4, "
      "created_at = $5, checks = $6 WHERE model = $1 AND version = $2",
      reservation.name.value(), reservation.version.text(), digest.value(), size, audit.now(),
      json::ToText(parsed), NameAfter({row->state, VersionState::kReady})));
  const Json details = {{"artifact", digest.value()}, {"size", size}, {"checks", parsed}};
  RETURN_IF_ERROR(audit.Append(reservation.actor, "publish", reservation.name.value(),
                               Format(reservation.name, reservation.version), details));
  ASSIGN_OR_RETURN(ModelVersion version,
                   FindVersion(transaction, reservation.name, reservation.version));
  return Published{.version = std::move(version)};
}

Status RejectVersion(Transaction& transaction, AuditTrail& audit, const Reservation& reservation,
                     std::string_view reason) {
  ASSIGN_OR_RETURN(
      const std::int64_t removed,
      transaction.Execute("DELETE FROM versions WHERE model = $1 AND version = $2 "
                          "AND state = 'pending' AND token = $3",
                          reservation.name.value(), reservation.version.text(), reservation.token));
  // The reservation was taken over, rejected or published before, so this push has nothing to
  // release.
  if (removed == 0) return {};
  return audit.Append(reservation.actor, "reject", reservation.name.value(),
                      Format(reservation.name, reservation.version), {{"reason", reason}});
}

Status DeleteVersion(Transaction& transaction, AuditTrail& audit, const ModelVersion& version,
                     std::string_view actor, std::string_view reason) {
  // A deleted version is not loaded, so an alias to it would take its model out of service.
  if (!version.aliases.empty()) {
    const std::string alias = version.aliases.front().value();
    Error error = Conflict(version.name, version.version,
                           "the alias " + alias + " points to it; move that first");
    error.remedy = base::Remedy{base::RemedyKind::kMoveAlias, version.name.value() + "@" + alias};
    return error;
  }
  RETURN_IF_ERROR(transaction.Execute(
      "UPDATE versions SET state = $3 WHERE model = $1 AND version = $2", version.name.value(),
      version.version.text(), NameAfter({VersionState::kReady, VersionState::kDeleted})));
  return audit.Append(actor, "delete", version.name.value(), Format(version.name, version.version),
                      {{"artifact", version.artifact.value()}, {"reason", reason}});
}

Result<ModelVersion> FindVersion(Transaction& transaction, const ModelName& name,
                                 const SemVer& version) {
  ASSIGN_OR_RETURN(std::optional<VersionRow> row, FindRow(transaction, name, version));
  if (!row || row->state != VersionState::kReady) {
    const bool deleted = row && row->state == VersionState::kDeleted;
    return Error{Code::kNotFound, Format(name, version) +
                                      (deleted ? ": was deleted" : ": there is no such version")};
  }
  ASSIGN_OR_RETURN(const std::vector<AliasTarget> aliases, ReadAliases(transaction, name));
  for (const AliasTarget& target : aliases) {
    if (target.version == version) row->version.aliases.push_back(target.alias);
  }
  return std::move(row->version);
}

Status CheckModelExists(Transaction& transaction, const ModelName& name) {
  ASSIGN_OR_RETURN(const auto version,
                   transaction.QueryOne("SELECT version FROM versions WHERE model = $1 "
                                        "AND state <> 'pending' LIMIT 1",
                                        &ReadText, name.value()));
  if (!version) return NotRegistered(name);
  return {};
}

Result<std::vector<ModelVersion>> ReadVersions(Transaction& transaction, const ModelName& name) {
  ASSIGN_OR_RETURN(
      std::vector<VersionRow> rows,
      ReadAll(transaction,
              Select(kVersionColumns, "FROM versions WHERE model = $1 AND state <> 'pending'"),
              &ReadVersion, name.value()));
  if (rows.empty()) return NotRegistered(name);
  ASSIGN_OR_RETURN(const std::vector<AliasTarget> aliases, ReadAliases(transaction, name));
  std::vector<ModelVersion> versions;
  for (VersionRow& row : rows) {
    // Deleted rows were read only to tell a model without versions from one that was never
    // registered.
    if (row.state != VersionState::kReady) continue;
    for (const AliasTarget& target : aliases) {
      if (target.version == row.version.version) row.version.aliases.push_back(target.alias);
    }
    versions.push_back(std::move(row.version));
  }
  // SQL has no order by precedence, so the versions are sorted here.
  std::ranges::sort(versions, [](const ModelVersion& a, const ModelVersion& b) {
    return (a.version <=> b.version) < 0;
  });
  return versions;
}

const ModelVersion* LatestOf(const std::vector<ModelVersion>& versions) {
  if (versions.empty()) return nullptr;
  const auto release =
      std::find_if(versions.rbegin(), versions.rend(),
                   [](const ModelVersion& version) { return !version.version.is_prerelease(); });
  return release == versions.rend() ? &versions.back() : &*release;
}

Result<std::vector<ModelSummary>> ReadModels(Transaction& transaction) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   ReadAll(transaction,
                           "SELECT DISTINCT model FROM versions WHERE state = 'ready' "
                           "ORDER BY model",
                           &ReadText));
  std::vector<ModelSummary> models;
  for (const std::string& text : names) {
    const ModelName name(text);
    ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions, ReadVersions(transaction, name));
    ASSIGN_OR_RETURN(std::vector<AliasTarget> aliases, ReadAliases(transaction, name));
    ModelSummary summary{.name = name,
                         .created = std::ranges::min(versions, {}, &ModelVersion::created).created,
                         .versions = versions.size(),
                         .latest = {},
                         .aliases = std::move(aliases)};
    const ModelVersion* latest = LatestOf(versions);
    // `latest` is a release. LatestOf also returns a pre-release where there is no release.
    if (!latest->version.is_prerelease()) summary.latest = latest->version;
    models.push_back(std::move(summary));
  }
  return models;
}

// The mark phase of the collection. UNION removes duplicates. The caller searches the digests, so
// they are sorted.
Result<std::vector<Digest>> LiveDigests(Transaction& transaction) {
  ASSIGN_OR_RETURN(
      const std::vector<std::string> texts,
      ReadAll(transaction,
              "SELECT artifact FROM versions WHERE state = 'ready' UNION "
              "SELECT f.digest FROM artifact_files f JOIN versions v ON v.artifact = f.artifact "
              "WHERE v.state = 'ready'",
              &ReadText));
  std::vector<Digest> digests;
  digests.reserve(texts.size());
  for (const std::string& text : texts) digests.emplace_back(text);
  // Sorted here, because the order of a database depends on its collation.
  std::ranges::sort(digests);
  return digests;
}

Result<ArtifactIndex> ReadArtifactFiles(Transaction& transaction, const Digest& artifact) {
  ArtifactIndex index;
  RETURN_IF_ERROR(transaction.Query(
      "SELECT name, digest, size FROM artifact_files WHERE artifact = $1",
      [&](const Statement& row) -> Status {
        index.files.push_back({.name = std::string(row.Text(0)),
                               .digest = Digest(std::string(row.Text(1))),
                               .size = static_cast<std::uint64_t>(row.Integer(2))});
        return {};
      },
      artifact.value()));
  std::ranges::sort(index.files, {}, &model::ArtifactFile::name);
  return index;
}

}  // namespace moorage::registry

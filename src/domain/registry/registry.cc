#include "domain/registry/registry.h"

#include <algorithm>

#include "domain/registry/alias_table.h"
#include "domain/registry/artifact_store.h"
#include "domain/registry/audit_trail.h"
#include "domain/registry/condemned_table.h"
#include "domain/registry/evidence_table.h"
#include "domain/registry/probe_table.h"
#include "domain/registry/row_mapping.h"
#include "domain/registry/rule_table.h"
#include "domain/registry/schema.h"
#include "domain/registry/version_table.h"
#include "foundation/json/json.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::Alias;
using model::ModelName;
using model::SemVer;
using store::Access;
using store::InTransaction;
using store::Transaction;

// Runs `work(Transaction&, AuditTrail&)` in one write transaction.
template <typename Work>
auto Mutate(const Registry::Deps& deps, Work work)
    -> std::invoke_result_t<Work&, Transaction&, AuditTrail&> {
  return InTransaction(
      deps.database, Access::kWrite,
      [&](Transaction& transaction) -> std::invoke_result_t<Work&, Transaction&, AuditTrail&> {
        ASSIGN_OR_RETURN(AuditTrail audit, AuditTrail::Open(transaction, deps.clock));
        return work(transaction, audit);
      });
}

Error NoSuchAlias(const ModelName& name, const Alias& alias) {
  return Error{
      .code = Code::kNotFound,
      .message = "model " + name.value() + ": has no alias " + alias.value(),
      .remedy = base::Remedy{base::RemedyKind::kSetAlias, name.value() + "@" + alias.value()}};
}

}  // namespace

Result<std::unique_ptr<Registry>> Registry::Open(Deps deps) {
  RETURN_IF_ERROR(UpgradeSchema(deps.database));
  return std::unique_ptr<Registry>(new Registry(deps));
}

Result<std::unique_ptr<Registry>> Registry::OpenToRead(Deps deps) {
  RETURN_IF_ERROR(CheckSchema(deps.database));
  return std::unique_ptr<Registry>(new Registry(deps));
}

Result<Reservation> Registry::Reserve(const ModelName& name, const SemVer& version,
                                      std::string_view actor, Takeover takeover,
                                      const std::optional<model::Digest>& artifact) {
  // The token tells two pushes of one version apart, also where one actor runs both.
  const std::string token = base::RandomHex(deps_.random, 16);
  return Mutate(deps_, [&](Transaction& transaction, AuditTrail& audit) {
    return ReserveVersion(transaction, audit, {name, version, actor, token, takeover, artifact});
  });
}

Result<Published> Registry::Publish(const Reservation& reservation,
                                    const model::ArtifactIndex& artifact, std::string_view checks,
                                    const base::CancelToken& cancel) {
  return Mutate(deps_, [&](Transaction& transaction, AuditTrail& audit) -> Result<Published> {
    // A collection condemns a blob in a write transaction before it removes it, and writes are
    // serial. What is there now and not condemned stays until this one has published it.
    const std::string ref = Format(reservation.name, reservation.version);
    RETURN_IF_ERROR(base::Annotate(ref, CheckNotCondemned(transaction, artifact)));
    RETURN_IF_ERROR(base::Annotate(ref, ArtifactStore(deps_.blobs).CheckPresent(artifact)));
    ASSIGN_OR_RETURN(Published published,
                     PublishVersion(transaction, audit, reservation, artifact, checks));
    RETURN_IF_ERROR(cancel.Check());
    return published;
  });
}

Status Registry::Reject(const Reservation& reservation, std::string_view reason) {
  return Mutate(deps_, [&](Transaction& transaction, AuditTrail& audit) {
    return RejectVersion(transaction, audit, reservation, reason);
  });
}

Status Registry::Delete(const ModelName& name, const SemVer& version, std::string_view actor,
                        std::string_view reason) {
  return Mutate(deps_, [&](Transaction& transaction, AuditTrail& audit) -> Status {
    ASSIGN_OR_RETURN(const ModelVersion found, FindVersion(transaction, name, version));
    return DeleteVersion(transaction, audit, found, actor, reason);
  });
}

Result<ModelVersion> Registry::Find(const ModelName& name, const SemVer& version) {
  return InTransaction(deps_.database, Access::kRead, [&](Transaction& transaction) {
    return FindVersion(transaction, name, version);
  });
}

Result<ModelVersion> Registry::Resolve(const model::ModelRef& ref) {
  return InTransaction(deps_.database, Access::kRead,
                       [&](Transaction& transaction) -> Result<ModelVersion> {
                         // Asked first, so that a misspelt name is reported as such and not as a
                         // missing version.
                         RETURN_IF_ERROR(CheckModelExists(transaction, ref.name));
                         if (const SemVer* version = ref.version()) {
                           return FindVersion(transaction, ref.name, *version);
                         }
                         ASSIGN_OR_RETURN(const std::optional<AliasTarget> target,
                                          FindAlias(transaction, ref.name, *ref.alias()));
                         if (!target) return NoSuchAlias(ref.name, *ref.alias());
                         return FindVersion(transaction, ref.name, target->version);
                       });
}

Result<std::vector<ModelSummary>> Registry::Models() {
  return InTransaction(deps_.database, Access::kRead, &ReadModels);
}

Result<std::vector<ModelVersion>> Registry::Versions(const ModelName& name) {
  return InTransaction(deps_.database, Access::kRead,
                       [&](Transaction& transaction) { return ReadVersions(transaction, name); });
}

Result<std::vector<AliasTarget>> Registry::Aliases(const ModelName& name) {
  return InTransaction(deps_.database, Access::kRead,
                       [&](Transaction& transaction) { return ReadAliases(transaction, name); });
}

Result<Moved> Registry::Promote(const Promotion& promotion) {
  std::optional<Error> refused;
  using Promoted = Result<std::optional<Moved>>;
  auto promoted = Mutate(deps_, [&](Transaction& transaction, AuditTrail& audit) -> Promoted {
    auto moved = PromoteAlias(transaction, audit, promotion);
    if (!moved.ok()) {
      const Code code = moved.error().code;
      if (code != Code::kDenied && code != Code::kConflict) return std::move(moved).error();
      // The event is committed, and the refusal is returned after that.
      refused = std::move(moved).error();
      RETURN_IF_ERROR(AppendRefusal(audit, promotion, *refused));
      return std::optional<Moved>();
    }
    // No transition happens for a caller that has been cut. An error takes all of it back.
    RETURN_IF_ERROR(promotion.cancel.Check());
    return std::optional<Moved>(*std::move(moved));
  });
  if (!promoted.ok()) return std::move(promoted).error();
  if (refused) return *std::move(refused);
  return **promoted;
}

Result<RuleVerdict> Registry::JudgePromotion(const Promotion& promotion) {
  return InTransaction(deps_.database, Access::kRead, [&](Transaction& transaction) {
    return registry::JudgePromotion(transaction, promotion, deps_.clock.Now());
  });
}

Result<std::optional<AliasRule>> Registry::Rule(const ModelName& name, const Alias& alias) {
  return InTransaction(deps_.database, Access::kRead, [&](Transaction& transaction) {
    return ReadRule(transaction, name, alias);
  });
}

Result<AliasRule> Registry::SetRule(const RuleChange& change) {
  return Mutate(deps_, [&](Transaction& transaction, AuditTrail& audit) {
    return WriteRule(transaction, audit, change);
  });
}

Result<Moved> Registry::RollBack(const Rollback& rollback) {
  return Mutate(deps_, [&](Transaction& transaction, AuditTrail& audit) -> Result<Moved> {
    ASSIGN_OR_RETURN(Moved moved, RollBackAlias(transaction, audit, rollback));
    RETURN_IF_ERROR(rollback.cancel.Check());
    return moved;
  });
}

Result<std::optional<SemVer>> Registry::Previous(const ModelName& name, const Alias& alias) {
  ASSIGN_OR_RETURN(std::vector<SemVer> targets,
                   InTransaction(deps_.database, Access::kRead, [&](Transaction& transaction) {
                     return RollbackTargets(transaction, name, alias);
                   }));
  if (targets.empty()) return std::nullopt;
  return std::move(targets.back());
}

Result<std::vector<AliasMove>> Registry::History(const ModelName& name,
                                                 const std::optional<Alias>& alias) {
  return InTransaction(deps_.database, Access::kRead,
                       [&](Transaction& transaction) -> Result<std::vector<AliasMove>> {
                         if (!alias) return ReadAllMoves(transaction, name);
                         ASSIGN_OR_RETURN(std::vector<AliasMove> moves,
                                          ReadMoves(transaction, name, *alias));
                         // ReadMoves is oldest first, for RollbackStack. The API shows the newest
                         // move first.
                         std::ranges::reverse(moves);
                         return moves;
                       });
}

Result<SemVer> Registry::AliasAt(const ModelName& name, const Alias& alias, base::Time time) {
  return InTransaction(deps_.database, Access::kRead, [&](Transaction& transaction) {
    return ReadAliasAt(transaction, name, alias, time);
  });
}

Result<Evidence> Registry::RecordEvidence(Evidence evidence, const base::CancelToken& cancel) {
  return Mutate(deps_, [&](Transaction& transaction, AuditTrail& audit) -> Result<Evidence> {
    ASSIGN_OR_RETURN(Evidence written, WriteEvidence(transaction, audit, std::move(evidence)));
    RETURN_IF_ERROR(cancel.Check());
    return written;
  });
}

Result<std::vector<Evidence>> Registry::EvidenceFor(const ModelName& name, const SemVer& version) {
  return InTransaction(deps_.database, Access::kRead, [&](Transaction& transaction) {
    return ReadEvidenceOf(transaction, name, version);
  });
}

Result<std::optional<Evidence>> Registry::NewerValidation(const ModelName& name,
                                                          const SemVer& version,
                                                          std::int64_t after) {
  return InTransaction(deps_.database, Access::kRead, [&](Transaction& transaction) {
    return NewerValidationOf(transaction, name, version, after);
  });
}

Status Registry::StoreProbe(StoredProbe probe) {
  probe.created = deps_.clock.Now();
  return InTransaction(deps_.database, Access::kWrite,
                       [&](Transaction& transaction) { return WriteProbe(transaction, probe); });
}

Result<std::optional<StoredProbe>> Registry::FindProbe(const model::Digest& artifact,
                                                       std::string_view engine,
                                                       std::string_view processor) {
  return InTransaction(deps_.database, Access::kRead, [&](Transaction& transaction) {
    return ReadProbe(transaction, artifact, engine, processor);
  });
}

Result<std::vector<Event>> Registry::Audit(const AuditFilter& filter) {
  return InTransaction(deps_.database, Access::kRead,
                       [&](Transaction& transaction) { return ReadAudit(transaction, filter); });
}

Status Registry::AcceptClock(std::string_view actor) {
  return InTransaction(deps_.database, Access::kWrite, [&](Transaction& transaction) -> Status {
    ASSIGN_OR_RETURN(AuditTrail audit, AuditTrail::OpenUnchecked(transaction, deps_.clock));
    return audit.Append(actor, "clock", "", "clock", json::Json::object());
  });
}

Result<std::int64_t> Registry::Generation() {
  return InTransaction(deps_.database, Access::kRead, &NewestEvent);
}

Result<model::ArtifactIndex> Registry::StoreArtifact(std::span<const FileBytes> files,
                                                     const base::CancelToken& cancel) {
  return ArtifactStore(deps_.blobs).Store(files, cancel);
}

Result<model::ArtifactIndex> Registry::LoadIndex(const ModelVersion& version) {
  return ArtifactStore(deps_.blobs).LoadIndex(version);
}

Result<std::string> Registry::LoadFile(const model::ArtifactFile& file) {
  return ArtifactStore(deps_.blobs).LoadFile(file);
}

Result<model::Manifest> Registry::LoadManifest(const ModelVersion& version) {
  return ArtifactStore(deps_.blobs).LoadManifest(version);
}

Result<model::Artifact> Registry::LoadArtifact(const ModelVersion& version) {
  return ArtifactStore(deps_.blobs).LoadArtifact(version);
}

Result<GarbageReport> Registry::CollectGarbage(GarbageMode mode, base::Duration grace,
                                               std::string_view actor,
                                               const base::CancelToken& cancel) {
  return registry::CollectGarbage(deps_.database, deps_.blobs, deps_.clock,
                                  {.mode = mode, .grace = grace, .actor = actor, .cancel = cancel});
}

Result<VerifyReport> Registry::Verify(const base::CancelToken& cancel) {
  return registry::Verify(deps_.database, deps_.blobs, cancel);
}

}  // namespace moorage::registry

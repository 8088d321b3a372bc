#pragma once

// The registry. All other headers of this room serve it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/registry/alias_move.h"
#include "domain/registry/alias_rule.h"
#include "domain/registry/artifact_store.h"
#include "domain/registry/event.h"
#include "domain/registry/evidence.h"
#include "domain/registry/garbage_collection.h"
#include "domain/registry/model_version.h"
#include "domain/registry/probe_table.h"
#include "domain/registry/registry_types.h"
#include "domain/registry/verification.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/clock.h"
#include "foundation/base/random.h"
#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "foundation/model/model_ref.h"
#include "platform/store/blob_store.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Stores models, their immutable versions, aliases and evidence, and who did what.
//
// - Several threads and several processes may use one registry.
// - Every mutation is one transaction that also writes one Event. A report on trial runs is the one
//   exception.
// - A version that was published, or deleted, never changes its meaning.
// - Bytes are verified whenever they are read.
// - A crash anywhere leaves no half version and loses no whole one.
//
// Every operation may also return kUnavailable (the database is busy or unreachable), kCorrupt
// (stored bytes were changed) or kStorageFull (the disk is full).
class Registry {
 public:
  struct Deps {
    store::Database& database;
    store::BlobStore& blobs;
    const base::Clock& clock;
    base::Random& random;
  };

  // Blobs younger than this may belong to a push in flight.
  static constexpr std::chrono::hours kDefaultGrace{1};

  // Brings the schema up to date. kUnsupported if the database is newer than this program.
  static base::Result<std::unique_ptr<Registry>> Open(Deps deps);
  // Writes nothing. kUnsupported if the schema is older or newer than this program reads.
  static base::Result<std::unique_ptr<Registry>> OpenToRead(Deps deps);

  // --- A push calls Reserve, StoreArtifact, then Publish or Reject. ---

  // kConflict if the version was deleted, if another one differs from it only in build metadata, or
  // if another push of it is in flight. A version that is published already is no error but is in
  // `existing`. Pushes of one artifact under one version share a reservation.
  base::Result<Reservation> Reserve(const model::ModelName& name, const model::SemVer& version,
                                    std::string_view actor, Takeover takeover,
                                    const std::optional<model::Digest>& artifact = {});
  // Puts the files and their index as blobs. kInvalid unless names are unique and model.onnx and
  // manifest.json are among them. What it stored is garbage until it is published. The token is
  // asked before each file.
  base::Result<model::ArtifactIndex> StoreArtifact(std::span<const FileBytes> files,
                                                   const base::CancelToken& cancel = {});
  // Makes the version visible. `checks` is a JSON object. Returns the version that is there if the
  // same artifact was published before. kConflict if another artifact was, with both digests.
  // kConflict also if the reservation was taken over, or if a collection has removed blobs of the
  // artifact. kConflict with the reason kOvertaken if the neighbours are not those that were
  // judged. kInvalid if `checks` is not JSON. Nothing changes once the token is cancelled.
  base::Result<Published> Publish(const Reservation& reservation,
                                  const model::ArtifactIndex& artifact, std::string_view checks,
                                  const base::CancelToken& cancel = {});
  // Ends the reservation, so the version is free again. One that is gone already is fine.
  base::Status Reject(const Reservation& reservation, std::string_view reason);
  // Never to be used again. kConflict while an alias points to it (the message names it).
  base::Status Delete(const model::ModelName& name, const model::SemVer& version,
                      std::string_view actor, std::string_view reason);

  // --- Reading. Only published versions that are not deleted are seen. ---

  base::Result<ModelVersion> Find(const model::ModelName& name, const model::SemVer& version);
  // kNotFound names what is missing, the model, the version or the alias.
  base::Result<ModelVersion> Resolve(const model::ModelRef& ref);
  base::Result<std::vector<ModelSummary>> Models();  // sorted by name
  // By precedence, the newest last. kNotFound if the model was never registered.
  base::Result<std::vector<ModelVersion>> Versions(const model::ModelName& name);
  base::Result<std::vector<AliasTarget>> Aliases(const model::ModelName& name);  // sorted

  // --- Moving aliases. ---

  // kDenied if the rule of the alias does not allow it, with a Remedy, and if the rule is waived
  // without a reason. kConflict if the alias is not as expected, with who moved it, when and where
  // to. Both are events. kNotFound if there is no such version.
  base::Result<Moved> Promote(const Promotion& promotion);
  // What the rule of the alias makes of this promotion now.
  base::Result<RuleVerdict> JudgePromotion(const Promotion& promotion);
  // The rule that was set for the alias, or nothing. Then StandardRule() holds.
  base::Result<std::optional<AliasRule>> Rule(const model::ModelName& name,
                                              const model::Alias& alias);
  // Returns the rule that holds from now on. kNotFound if there is no such model.
  base::Result<AliasRule> SetRule(const RuleChange& change);
  // Back along the RollbackStack. Needs no evidence, because the alias pointed to the version
  // before. kConflict if there is nothing to go back to, if `to` is not on the stack, or if the
  // alias is not as expected. kNotFound if there is no such alias.
  base::Result<Moved> RollBack(const Rollback& rollback);
  // The version that a rollback would go to, or nothing. It is the one below the current one on the
  // RollbackStack, without deleted ones.
  base::Result<std::optional<model::SemVer>> Previous(const model::ModelName& name,
                                                      const model::Alias& alias);
  // Newest first. Of all aliases if none is given.
  base::Result<std::vector<AliasMove>> History(const model::ModelName& name,
                                               const std::optional<model::Alias>& alias);
  // What the alias pointed to at that time. kNotFound if it did not exist then.
  base::Result<model::SemVer> AliasAt(const model::ModelName& name, const model::Alias& alias,
                                      base::Time time);

  // --- Evidence. ---

  // Stores it with its id and time filled in. kNotFound if there is no such version. kConflict if
  // the version has another artifact. kInvalid if `report` is not JSON. Nothing changes once the
  // token is cancelled.
  base::Result<Evidence> RecordEvidence(Evidence evidence, const base::CancelToken& cancel = {});
  base::Result<std::vector<Evidence>> EvidenceFor(const model::ModelName& name,
                                                  const model::SemVer& version);  // newest first
  // The newest validation, if its id is above `after`. Ids begin at 1.
  base::Result<std::optional<Evidence>> NewerValidation(const model::ModelName& name,
                                                        const model::SemVer& version,
                                                        std::int64_t after);

  // --- Reports on trial runs. They write no event, because they can be made again. ---

  // Replaces the one that is there. kInvalid if the report is not JSON.
  base::Status StoreProbe(StoredProbe probe);
  base::Result<std::optional<StoredProbe>> FindProbe(const model::Digest& artifact,
                                                     std::string_view engine,
                                                     std::string_view processor);

  // --- What happened. ---

  base::Result<std::vector<Event>> Audit(const AuditFilter& filter);
  // Writes the one event that takes the clock of this machine as it is, however far it is from the
  // newest event. Every other mutation is kUnavailable under a clock that is far off.
  base::Status AcceptClock(std::string_view actor);
  // The id of the newest event, or 0 if there is none. It grows with every mutation by any process.
  // A single index look-up, so that it can be polled.
  base::Result<std::int64_t> Generation();

  // --- Bytes. Everything is verified. A missing blob of a version is kCorrupt. ---

  base::Result<model::ArtifactIndex> LoadIndex(const ModelVersion& version);
  base::Result<std::string> LoadFile(const model::ArtifactFile& file);
  base::Result<model::Manifest> LoadManifest(const ModelVersion& version);
  base::Result<model::Artifact> LoadArtifact(const ModelVersion& version);

  // --- Garbage and verification. ---

  // Blobs that no published version refers to and that were stored more than `grace` ago. Never
  // removes a blob that a push still needs. The token is asked before each batch of blobs. See
  // docs/formats/registry.md.
  base::Result<GarbageReport> CollectGarbage(GarbageMode mode, base::Duration grace,
                                             std::string_view actor,
                                             const base::CancelToken& cancel = {});
  // Reads and hashes every blob, checks that every version has all of its files, checks the
  // database. The token is asked before each blob.
  base::Result<VerifyReport> Verify(const base::CancelToken& cancel = {});

 private:
  explicit Registry(Deps deps) : deps_(deps) {}

  const Deps deps_;
};

}  // namespace moorage::registry

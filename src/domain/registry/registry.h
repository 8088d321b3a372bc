#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/registry/alias_move.h"
#include "domain/registry/event.h"
#include "domain/registry/evidence.h"
#include "domain/registry/model_version.h"
#include "foundation/base/clock.h"
#include "foundation/base/random.h"
#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "foundation/model/model_ref.h"
#include "platform/store/blob_store.h"
#include "platform/store/database.h"

namespace moorage::registry {

// What a publication means if its artifact is that of the latest version.
enum class SameArtifact : std::uint8_t {
  kNewVersion,     // the version was asked for by number
  kLatestVersion,  // any number would do: the latest version is the answer, the reservation ends
};

// The right to publish one version. Visible to nobody until then.
struct Reservation {
  model::ModelName name;
  model::SemVer version;
  std::string actor;
  std::string token;                     // who holds the token may publish or reject
  std::optional<ModelVersion> existing;  // the version is published already: nothing is held
  SameArtifact same = SameArtifact::kNewVersion;
};

enum class Takeover : std::uint8_t {
  kIfAbandoned,  // only a reservation that is older than Registry::kAbandonedAfter
  kAlways,       // the other push, if it still lives, will fail to publish
};

struct Published {
  ModelVersion version;
  bool already_there = false;  // the same artifact had been published before
};

// What the alias must point to for a move to happen; an empty `version`: it must not exist.
struct Expected {
  std::optional<model::SemVer> version;
};

enum class EvidenceRule : std::uint8_t {
  kRequired,  // the newest "validate" evidence for the version's artifact must be a PASS
  kWaived,    // --force: any version, but a reason must be given
};

struct Promotion {
  model::ModelName name;
  model::SemVer to;
  model::Alias alias;
  std::string actor;
  std::string reason;
  EvidenceRule rule = EvidenceRule::kRequired;
  std::optional<Expected> expected;  // nothing: whatever it points to now
};

struct Rollback {
  model::ModelName name;
  model::Alias alias;
  std::optional<model::SemVer> to;  // nothing: what Previous() answers
  std::string actor;
  std::string reason;
  std::optional<Expected> expected;
};

struct Moved {
  AliasMove move;       // the one just made, or the latest one
  bool changed = true;  // false: the alias pointed there already; nothing was written
};

// One file of an artifact on its way in.
struct FileBytes {
  std::string name;
  std::string_view bytes;
};

enum class GarbageMode : std::uint8_t { kReport, kRemove };

struct GarbageReport {
  std::vector<store::BlobInfo> blobs;  // removed, or to be removed
  std::uint64_t bytes = 0;
  std::size_t temporaries = 0;  // of pushes that died; counted when they are removed
};

// What `doctor` found: each problem names a digest, a version or the database.
struct VerifyReport {
  std::size_t versions = 0;
  std::size_t blobs = 0;  // read and hashed
  std::uint64_t bytes = 0;
  std::vector<base::Detail> problems;

  bool clean() const { return problems.empty(); }
};

// The memory of the project: models, their immutable versions, aliases, evidence, and who did what.
//
// Its law: every mutation is one transaction that also writes one Event; a version once published,
// or deleted, keeps its meaning for ever; bytes are verified whenever they are read. Several
// threads and several processes may use one registry. A crash anywhere leaves no half version and
// loses no whole one.
//
// Errors of all operations, beside those named: kUnavailable the database is busy or unreachable,
// kCorrupt stored bytes are not what they were, kExhausted the disk is full.
class Registry {
 public:
  struct Deps {
    store::Database& database;
    store::BlobStore& blobs;
    const base::Clock& clock;
    base::Random& random;
  };

  // A reservation that is older than this belongs to a push that died.
  static constexpr std::chrono::minutes kAbandonedAfter{15};
  // Blobs younger than this may belong to a push in flight.
  static constexpr std::chrono::hours kDefaultGrace{1};

  // Brings the schema up to date. kUnsupported if the database is newer than this program.
  static base::Result<std::unique_ptr<Registry>> Open(Deps deps);

  // --- A push: Reserve, StoreArtifact, (checks by the caller), then Publish or Reject. ---

  // kConflict: the version was deleted once; another one differs from it only in build metadata; or
  // another push of it is in flight. A version that is published already is no error: see
  // `existing`.
  base::Result<Reservation> Reserve(const model::ModelName& name, const model::SemVer& version,
                                    std::string_view actor, Takeover takeover);
  // Puts the files and their index as blobs. Names must be unique; model.onnx and manifest.json
  // must be among them (kInvalid). What it stored is garbage until it is published.
  base::Result<model::ArtifactIndex> StoreArtifact(std::span<const FileBytes> files);
  // Makes the version visible. `checks` is a JSON object. The same artifact under the same version
  // is published already: that one is answered. kConflict: another artifact is (the message has
  // both digests), the reservation was taken over, or a collection has removed the artifact's blobs
  // meanwhile. kInvalid: `checks` is not JSON.
  base::Result<Published> Publish(const Reservation& reservation,
                                  const model::ArtifactIndex& artifact, std::string_view checks);
  // Gives the reservation up; the version is free again. One that is gone already is fine.
  base::Status Reject(const Reservation& reservation, std::string_view reason);
  // Never to be used again. kConflict while an alias points to it (the message names it).
  base::Status Delete(const model::ModelName& name, const model::SemVer& version,
                      std::string_view actor, std::string_view reason);

  // --- Looking. Only published versions that are not deleted are seen. ---

  base::Result<ModelVersion> Find(const model::ModelName& name, const model::SemVer& version);
  // kNotFound says whether the model, the version or the alias is missing.
  base::Result<ModelVersion> Resolve(const model::ModelRef& ref);
  base::Result<std::vector<ModelSummary>> Models();  // sorted by name
  // By precedence, the newest last. kNotFound if the model was never registered.
  base::Result<std::vector<ModelVersion>> Versions(const model::ModelName& name);
  // The highest release by precedence, or if there is none the highest pre-release; nothing if the
  // model has no version.
  base::Result<std::optional<ModelVersion>> Latest(const model::ModelName& name);
  base::Result<std::vector<AliasTarget>> Aliases(const model::ModelName& name);  // sorted

  // --- Moving aliases. ---

  // kDenied: no PASS (the message says which command makes one), or waived without a reason.
  // kConflict: not as expected (the message says who moved it, when and where to). kNotFound: no
  // such version.
  base::Result<Moved> Promote(const Promotion& promotion);
  // Back along the RollbackStack. Needs no evidence: the version was there before. kConflict:
  // nothing to go back to, `to` is not on the stack, or not as expected. kNotFound: no such alias.
  base::Result<Moved> RollBack(const Rollback& rollback);
  // What a rollback would go to: the version below the current one on the RollbackStack, deleted
  // ones left out; nothing if there is none.
  base::Result<std::optional<model::SemVer>> Previous(const model::ModelName& name,
                                                      const model::Alias& alias);
  // Newest first; of all aliases if none is given.
  base::Result<std::vector<AliasMove>> History(const model::ModelName& name,
                                               const std::optional<model::Alias>& alias);
  // What the alias pointed to at that time. kNotFound: it did not exist then.
  base::Result<model::SemVer> AliasAt(const model::ModelName& name, const model::Alias& alias,
                                      base::Time time);

  // --- Evidence. ---

  // Stores it with its id and time filled in. kNotFound: no such version. kConflict: the version
  // has another artifact. kInvalid: `report` is not JSON.
  base::Result<Evidence> RecordEvidence(Evidence evidence);
  base::Result<std::vector<Evidence>> EvidenceFor(const model::ModelName& name,
                                                  const model::SemVer& version);  // newest first

  // --- What happened. ---

  base::Result<std::vector<Event>> Audit(const AuditFilter& filter);
  // Those with an id above `cursor`, oldest first, at most `limit`.
  base::Result<std::vector<Event>> EventsSince(std::int64_t cursor, std::size_t limit);
  // The id of the newest event, 0 if there is none: it grows with every mutation by any process.
  // One index look-up; made to be polled.
  base::Result<std::int64_t> Generation();

  // --- Bytes. Everything is verified; a missing blob of a version is kCorrupt. ---

  base::Result<model::ArtifactIndex> LoadIndex(const ModelVersion& version);
  base::Result<std::string> LoadFile(const model::ArtifactFile& file);
  base::Result<model::Manifest> LoadManifest(const ModelVersion& version);
  base::Result<model::Artifact> LoadArtifact(const ModelVersion& version);

  // --- Care. ---

  // Blobs that no published version refers to and that were stored more than `grace` ago.
  // Never takes one from under a push: see docs/formats/registry.md.
  base::Result<GarbageReport> CollectGarbage(GarbageMode mode, base::Duration grace,
                                             std::string_view actor);
  // Reads and hashes every blob, checks that every version has all of its files, checks the
  // database.
  base::Result<VerifyReport> Verify();

 private:
  explicit Registry(Deps deps) : deps_(deps) {}

  base::Status CheckBlobsAreThere(const model::ArtifactIndex& artifact);
  base::Result<GarbageReport> RemoveBlobs(std::span<const store::BlobInfo> blobs,
                                          std::string_view actor);
  base::Result<std::vector<base::Detail>> VerifyFiles(const ModelVersion& version,
                                                      const model::ArtifactIndex& files);

  const Deps deps_;
};

}  // namespace moorage::registry

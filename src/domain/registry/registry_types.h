#pragma once

// The requests and answers of Registry. All are plain values.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/registry/alias_move.h"
#include "domain/registry/alias_rule.h"
#include "domain/registry/model_version.h"
#include "domain/registry/neighbours.h"
#include "foundation/base/cancel_token.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"

namespace moorage::registry {

// What a publication means if its artifact is that of the latest version.
enum class SameArtifact : std::uint8_t {
  kNewVersion,     // the version was asked for by number
  kLatestVersion,  // any number would do, so the latest version is the answer and the reservation
                   // ends
};

// The reason of the kConflict of a publication whose neighbours have changed. The caller chooses
// its version again.
inline constexpr std::string_view kOvertaken = "overtaken";

// The right to publish one version. Readers do not see the version until it is published.
struct Reservation {
  model::ModelName name;
  model::SemVer version;
  std::string actor;
  std::string token;  // its holders may publish or reject
  std::optional<ModelVersion>
      existing;  // the version if it is published already, and then nothing is held
  SameArtifact same = SameArtifact::kNewVersion;
  // The releases that the change was judged against. A publication beside others is refused.
  std::optional<Neighbours> judged = {};
};

// A reservation that is older than this belongs to an interrupted push.
inline constexpr std::chrono::minutes kAbandonedAfter{15};

// Which reservation of another push may be replaced.
enum class Takeover : std::uint8_t {
  kIfAbandoned,  // only one that is older than kAbandonedAfter
  kAlways,       // any, so that the other push fails to publish
};

struct Published {
  ModelVersion version;
  bool already_there = false;  // the same artifact had been published before
};

// What an alias must point to before it moves. An empty `version` means that it must not exist.
struct Expected {
  std::optional<model::SemVer> version;
};

enum class EvidenceRule : std::uint8_t {
  kRequired,  // the rule of the alias must allow it
  kWaived,    // any version may be promoted, but a reason must be given
};

// Returns true if the rule is waived and the reason is blank. A force needs a reason, which the
// audit trail keeps.
bool LacksReason(EvidenceRule rule, std::string_view reason);

struct Promotion {
  model::ModelName name;
  model::SemVer to;
  model::Alias alias;
  std::string actor;
  std::string reason;
  EvidenceRule rule = EvidenceRule::kRequired;
  std::optional<Expected> expected;  // nothing if the alias may point to anything
  // The policies of the standard rule. They count where no rule was set for the alias.
  std::vector<model::Digest> standard_policies = {};
  // The engine that will serve, as in Evidence::engine. Empty if it is not known.
  std::string engine = {};
  // Nothing is moved once it is cancelled. It is looked at last, inside the transaction.
  base::CancelToken cancel = {};
};

struct Rollback {
  model::ModelName name;
  model::Alias alias;
  std::optional<model::SemVer> to;  // nothing for the version that Previous() returns
  std::string actor;
  std::string reason;
  std::optional<Expected> expected;
  base::CancelToken cancel = {};
};

// A new rule for an alias. Nothing puts the standard one back.
struct RuleChange {
  model::ModelName name;
  model::Alias alias;
  std::optional<AliasRule> rule;
  std::vector<model::Digest> standard_policies = {};
  std::string actor;
  std::string reason = {};
};

// The result of a promotion or a rollback.
struct Moved {
  AliasMove move;       // the one just made, or the latest one
  bool changed = true;  // false if the alias pointed there already and nothing was written
  // What the caller should know and what does not prevent the move. One sentence each.
  std::vector<std::string> notes = {};
};

}  // namespace moorage::registry

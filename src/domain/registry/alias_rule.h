#pragma once

// What a version must show before an alias points to it. Plain values and pure functions.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/registry/evidence.h"
#include "foundation/base/clock.h"
#include "foundation/base/remedy.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/names.h"

namespace moorage::registry {

enum class ProofNeeded : std::uint8_t {
  kNone,  // any published version
  kPass,  // a validation with the outcome PASS that counts under the rule
};

// The rule of one alias of one model.
struct AliasRule {
  std::int64_t revision = 0;  // 1, 2, 3, ... and 0 for a standard rule, which no caller has set
  ProofNeeded proof = ProofNeeded::kPass;
  // A PASS counts under one of these policies. Any policy will do if the list is empty.
  std::vector<model::Digest> policies = {};
  std::string policy_text = {};  // the canonical text of the one policy of a rule that was set
  std::uint64_t fewest_rows = 0;
  std::optional<base::Duration> fresh_for = {};  // an older PASS does not count
  // The PASS was compared with the artifact that the alias serves now. An alias that does not exist
  // yet, or serves the same artifact, asks for no comparison.
  bool against_current = true;

  bool operator==(const AliasRule&) const = default;
};

// The rule of an alias for which none was set. `production` is strict. It asks for a PASS under one
// of `policies`, on 30 rows or more, of the last 90 days, against what it serves. Another alias
// asks for nothing.
AliasRule StandardRule(const model::Alias& alias, std::span<const model::Digest> policies);

// The document that the registry stores. It has every member but the revision.
json::Json ToJson(const AliasRule& rule);
base::Result<AliasRule> AliasRuleFromJson(const json::Json& json);

// One validation of the version in question, without its report.
struct ValidationProof {
  std::int64_t id = 0;
  Outcome outcome = Outcome::kError;
  std::uint64_t rows = 0;
  model::Digest policy;
  std::optional<model::Digest> baseline = {};
  std::string engine;
  base::Time created{};
};

// What Judge() looks at. All of it is read in the transaction that moves the alias.
struct PromotionFacts {
  std::string ref;    // "cancer@1.1.0"
  std::string place;  // "cancer@production"
  model::Digest artifact;
  std::optional<model::Digest> current = {};  // the artifact that the alias serves now
  std::string current_ref = {};               // "cancer@1.0.0"
  std::vector<ValidationProof> proofs = {};   // of exactly this version and artifact, newest first
  base::Time now{};
};

// One condition of a rule.
struct RuleStep {
  std::string name;  // "validated", "policy", "rows", "baseline", "fresh"
  bool met = false;
  std::string why;  // one clause, as in "it was never validated"

  bool operator==(const RuleStep&) const = default;
};

struct RuleVerdict {
  bool allowed = false;
  std::vector<RuleStep> steps = {};           // empty if the rule asks for nothing
  std::optional<ValidationProof> proof = {};  // the PASS that allows it
  // The first step that is not met. Null if the promotion is allowed.
  const RuleStep* Unmet() const;
};

// Decides whether the rule allows the promotion. Pure.
// - The newest PASS or FAIL under the rule's policy decides. A FAIL or ERROR against another
//   baseline than the current one is about another question, and is passed over.
// - An INCONCLUSIVE validation decides nothing, unless it is newer than the PASS and saw at least
// as
//   many rows.
RuleVerdict Judge(const AliasRule& rule, const PromotionFacts& facts);

}  // namespace moorage::registry

#include "domain/registry/alias_rule.h"

#include <algorithm>
#include <utility>

#include "foundation/base/units.h"
#include "foundation/json/json_reader.h"

namespace moorage::registry {
namespace {

using json::Json;
using json::JsonReader;
using model::Digest;

constexpr std::uint64_t kStandardRows = 30;
constexpr std::chrono::hours kStandardFreshness{24 * 90};

bool UnderPolicy(const AliasRule& rule, const ValidationProof& proof) {
  return rule.policies.empty() ||
         std::ranges::find(rule.policies, proof.policy) != rule.policies.end();
}

bool AgainstCurrent(const AliasRule& rule, const PromotionFacts& facts,
                    const ValidationProof& proof) {
  if (!rule.against_current || !facts.current || *facts.current == facts.artifact) return true;
  return proof.baseline == facts.current;
}

bool Fresh(const AliasRule& rule, const PromotionFacts& facts, const ValidationProof& proof) {
  return !rule.fresh_for || facts.now - proof.created <= *rule.fresh_for;
}

// A FAIL or ERROR that was found in a comparison with another version says nothing about this move.
bool Refuses(const PromotionFacts& facts, const ValidationProof& proof) {
  const bool bad = proof.outcome == Outcome::kFail || proof.outcome == Outcome::kError;
  return bad && (!proof.baseline || proof.baseline == facts.current);
}

std::vector<RuleStep> StepsOf(const AliasRule& rule, const PromotionFacts& facts,
                              const ValidationProof& proof) {
  const std::string at = " (" + base::FormatTime(proof.created) + ")";
  std::vector<RuleStep> steps;
  const bool pass = proof.outcome == Outcome::kPass;
  steps.push_back(
      {"validated", pass, "its newest validation says " + std::string(Name(proof.outcome)) + at});
  if (!rule.policies.empty()) {
    const bool met = UnderPolicy(rule, proof);
    steps.push_back({"policy", met,
                     met ? "by the policy of the rule"
                         : "its PASS" + at + " is by the policy " + proof.policy.value() +
                               ", and the rule of " + facts.place + " asks for " +
                               rule.policies.front().value() +
                               (rule.revision == 0 ? ", the default policy" : "")});
  }
  if (rule.fewest_rows > 0) {
    steps.push_back({"rows", proof.rows >= rule.fewest_rows,
                     "its PASS" + at + " is on " + std::to_string(proof.rows) +
                         " rows, and the rule of " + facts.place + " asks for " +
                         std::to_string(rule.fewest_rows)});
  }
  if (rule.against_current && facts.current && *facts.current != facts.artifact) {
    const bool met = AgainstCurrent(rule, facts, proof);
    steps.push_back({"baseline", met,
                     met ? "compared with " + facts.current_ref
                         : "its PASS" + at + " was not compared with " + facts.current_ref +
                               ", which " + facts.place + " serves now"});
  }
  if (rule.fresh_for) {
    steps.push_back({"fresh", Fresh(rule, facts, proof),
                     "its PASS" + at + " counts for " + base::FormatDuration(*rule.fresh_for)});
  }
  return steps;
}

bool AllMet(const std::vector<RuleStep>& steps) {
  return std::ranges::all_of(steps, &RuleStep::met);
}

RuleVerdict Refused(std::vector<RuleStep> steps) { return {.steps = std::move(steps)}; }

}  // namespace

const RuleStep* RuleVerdict::Unmet() const {
  const auto found = std::ranges::find(steps, false, &RuleStep::met);
  return allowed || found == steps.end() ? nullptr : &*found;
}

AliasRule StandardRule(const model::Alias& alias, std::span<const Digest> policies) {
  if (alias.value() != "production") return {.proof = ProofNeeded::kNone, .against_current = false};
  return {.proof = ProofNeeded::kPass,
          .policies = {policies.begin(), policies.end()},
          .fewest_rows = kStandardRows,
          .fresh_for = kStandardFreshness,
          .against_current = true};
}

Json ToJson(const AliasRule& rule) {
  Json json;
  json["proof"] = rule.proof == ProofNeeded::kNone ? "none" : "pass";
  Json& policies = json["policies"] = Json::array();
  for (const Digest& digest : rule.policies) policies.push_back(digest.value());
  json["policy_text"] = rule.policy_text;
  json["fewest_rows"] = rule.fewest_rows;
  json["fresh_for"] = rule.fresh_for ? Json(base::FormatDuration(*rule.fresh_for)) : Json(nullptr);
  json["baseline"] = rule.against_current ? "current" : "any";
  return json;
}

base::Result<AliasRule> AliasRuleFromJson(const Json& json) {
  const JsonReader reader(json, "rule");
  AliasRule rule;
  ASSIGN_OR_RETURN(const JsonReader proof, reader.Member("proof"));
  ASSIGN_OR_RETURN(const std::string needed, proof.String());
  if (needed != "none" && needed != "pass") return proof.Problem("must be none or pass");
  rule.proof = needed == "none" ? ProofNeeded::kNone : ProofNeeded::kPass;
  ASSIGN_OR_RETURN(const JsonReader policies, reader.Member("policies"));
  ASSIGN_OR_RETURN(const std::vector<JsonReader> digests, policies.Items());
  for (const JsonReader& one : digests) {
    ASSIGN_OR_RETURN(const std::string text, one.String());
    ASSIGN_OR_RETURN(Digest digest, model::ParseDigest(text));
    rule.policies.push_back(std::move(digest));
  }
  ASSIGN_OR_RETURN(const JsonReader text, reader.Member("policy_text"));
  ASSIGN_OR_RETURN(rule.policy_text, text.String());
  ASSIGN_OR_RETURN(const JsonReader rows, reader.Member("fewest_rows"));
  ASSIGN_OR_RETURN(const std::int64_t fewest, rows.Integer(0));
  rule.fewest_rows = static_cast<std::uint64_t>(fewest);
  ASSIGN_OR_RETURN(const JsonReader fresh, reader.Member("fresh_for"));
  if (!fresh.value().is_null()) {
    ASSIGN_OR_RETURN(const std::string duration, fresh.String());
    ASSIGN_OR_RETURN(rule.fresh_for, base::ParseDuration(duration));
  }
  ASSIGN_OR_RETURN(const JsonReader baseline, reader.Member("baseline"));
  ASSIGN_OR_RETURN(const std::string against, baseline.String());
  if (against != "current" && against != "any") return baseline.Problem("must be current or any");
  rule.against_current = against == "current";
  return rule;
}

RuleVerdict Judge(const AliasRule& rule, const PromotionFacts& facts) {
  if (rule.proof == ProofNeeded::kNone) return {.allowed = true};
  if (facts.proofs.empty()) return Refused({{"validated", false, "it was never validated"}});
  const ValidationProof* undecided = nullptr;  // the INCONCLUSIVE one with the most rows so far
  for (const ValidationProof& proof : facts.proofs) {
    if (!UnderPolicy(rule, proof)) continue;
    if (Refuses(facts, proof)) return Refused(StepsOf(rule, facts, proof));
    if (proof.outcome == Outcome::kInconclusive && AgainstCurrent(rule, facts, proof)) {
      if (undecided == nullptr || undecided->rows < proof.rows) undecided = &proof;
    }
    if (proof.outcome != Outcome::kPass) continue;
    std::vector<RuleStep> steps = StepsOf(rule, facts, proof);
    if (!AllMet(steps)) continue;
    if (undecided != nullptr && undecided->rows >= proof.rows) {
      return Refused(StepsOf(rule, facts, *undecided));
    }
    return {.allowed = true, .steps = std::move(steps), .proof = proof};
  }
  // Nothing decides. The newest PASS tells best what is missing, else the newest validation.
  const auto pass = std::ranges::find(facts.proofs, Outcome::kPass, &ValidationProof::outcome);
  const ValidationProof& shown = pass != facts.proofs.end() ? *pass : facts.proofs.front();
  return Refused(StepsOf(rule, facts, shown));
}

}  // namespace moorage::registry

#include "domain/registry/alias_table.h"

#include <algorithm>

#include "domain/registry/evidence_table.h"
#include "domain/registry/row_mapping.h"
#include "domain/registry/rule_table.h"
#include "domain/registry/version_table.h"
#include "foundation/base/units.h"
#include "foundation/json/json.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using json::Json;
using model::Alias;
using model::ModelName;
using model::SemVer;
using store::Statement;
using store::Transaction;

std::string Subject(const ModelName& name, const Alias& alias) {
  return name.value() + "@" + alias.value();
}

// Where the alias is, since when and by whom, for messages about a race that was lost.
std::string DescribePosition(const std::optional<AliasTarget>& current) {
  if (!current) return "does not exist";
  return "was moved to " + current->version.text() + " by " + current->actor + " at " +
         base::FormatTime(current->since);
}

// The compare half of the compare-and-set. It runs in the write transaction of the move, so the
// alias cannot move in between.
Status CheckExpected(const ModelName& name, const Alias& alias,
                     const std::optional<AliasTarget>& current,
                     const std::optional<Expected>& expected) {
  if (!expected) return {};
  std::optional<SemVer> now;
  if (current) now = current->version;
  if (now == expected->version) return {};
  return Error{Code::kConflict,
               Subject(name, alias) + ": " + DescribePosition(current) + ", not " +
                   (expected->version ? "at " + expected->version->text() : "absent") +
                   " as expected"};
}

// Reads what Judge() looks at, in the transaction that moves the alias.
Result<PromotionFacts> ReadFacts(Transaction& transaction, const Promotion& promotion,
                                 const ModelVersion& version,
                                 const std::optional<AliasTarget>& current, base::Time now) {
  PromotionFacts facts{.ref = Format(version.name, version.version),
                       .place = Subject(promotion.name, promotion.alias),
                       .artifact = version.artifact,
                       .now = now};
  if (current) {
    ASSIGN_OR_RETURN(const ModelVersion served,
                     FindVersion(transaction, promotion.name, current->version));
    facts.current = served.artifact;
    facts.current_ref = Format(served.name, served.version);
  }
  ASSIGN_OR_RETURN(facts.proofs, ReadProofs(transaction, version));
  return facts;
}

// What allows a promotion.
struct Allowance {
  AliasRule rule;
  std::optional<ValidationProof> proof;  // nothing if the rule is waived, or asks for nothing
};

Result<AliasRule> RuleOf(Transaction& transaction, const Promotion& promotion) {
  ASSIGN_OR_RETURN(std::optional<AliasRule> set,
                   ReadRule(transaction, promotion.name, promotion.alias));
  return set ? *std::move(set) : StandardRule(promotion.alias, promotion.standard_policies);
}

Result<Allowance> CheckRule(Transaction& transaction, const Promotion& promotion,
                            const ModelVersion& version, const std::optional<AliasTarget>& current,
                            base::Time now) {
  const std::string ref = Format(version.name, version.version);
  const std::string verb = "promote " + ref + " to " + promotion.alias.value() + ": ";
  ASSIGN_OR_RETURN(AliasRule rule, RuleOf(transaction, promotion));
  if (promotion.rule == EvidenceRule::kWaived) {
    if (LacksReason(promotion.rule, promotion.reason)) {
      return Error{.code = Code::kDenied,
                   .message = verb + "to promote without validation a reason is needed",
                   .remedy = base::Remedy{base::RemedyKind::kGiveReason}};
    }
    return Allowance{.rule = std::move(rule), .proof = std::nullopt};
  }
  ASSIGN_OR_RETURN(const PromotionFacts facts,
                   ReadFacts(transaction, promotion, version, current, now));
  RuleVerdict verdict = Judge(rule, facts);
  if (const RuleStep* unmet = verdict.Unmet()) {
    return Error{.code = Code::kDenied,
                 .message = verb + unmet->why,
                 .remedy = base::Remedy{base::RemedyKind::kValidate, ref}};
  }
  return Allowance{.rule = std::move(rule), .proof = std::move(verdict.proof)};
}

// A caller that reads the answer learns that the runtime of the proof is not the one that serves.
std::vector<std::string> EngineNotes(const Promotion& promotion, const std::string& ref,
                                     const std::optional<ValidationProof>& proof) {
  if (!proof || promotion.engine.empty() || proof->engine == promotion.engine) return {};
  return {ref + " was validated by " + proof->engine + ", and this is " + promotion.engine};
}

// The newest validation that decided something, if that is no PASS.
Result<std::vector<std::string>> ReturnNotes(Transaction& transaction, const ModelName& name,
                                             const SemVer& to) {
  ASSIGN_OR_RETURN(const ModelVersion version, FindVersion(transaction, name, to));
  ASSIGN_OR_RETURN(const std::vector<ValidationProof> proofs, ReadProofs(transaction, version));
  const auto decided = std::ranges::find_if(
      proofs, [](const ValidationProof& proof) { return proof.outcome != Outcome::kInconclusive; });
  if (decided == proofs.end() || decided->outcome == Outcome::kPass) {
    return std::vector<std::string>();
  }
  return std::vector<std::string>{
      Format(name, to) + " is back although its newest validation says " +
      std::string(Name(decided->outcome)) + " (" + base::FormatTime(decided->created) + ")"};
}

// Writes the move to the history, the alias and the audit trail. `move` comes without id and time,
// `more` are details of the event.
Result<Moved> WriteMove(Transaction& transaction, AuditTrail& audit, AliasMove move,
                        const Json& more = Json::object()) {
  ASSIGN_OR_RETURN(const auto last,
                   transaction.QueryOne("SELECT id FROM alias_moves ORDER BY id DESC LIMIT 1",
                                        [](const Statement& row) -> Result<std::int64_t> {
                                          return row.Integer(0);
                                        }));
  // Write transactions are serial, so max + 1 is unused and ids have the order of the commits
  // (docs/decisions/0004).
  move.id = last.value_or(0) + 1;
  move.at = audit.now();
  std::optional<std::string> from;
  if (move.from) from = move.from->text();
  RETURN_IF_ERROR(transaction.Execute(
      "INSERT INTO alias_moves (id, model, alias, verb, from_version, to_version, moved_at, actor, "
      "reason, forced, evidence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      move.id, move.name.value(), move.alias.value(), Name(move.verb), from, move.to.text(),
      move.at, move.actor, move.reason, move.forced ? 1 : 0, move.evidence));
  RETURN_IF_ERROR(transaction.Execute(
      "INSERT INTO aliases (model, alias, version, moved_at, actor) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version, "
      "moved_at = excluded.moved_at, actor = excluded.actor",
      move.name.value(), move.alias.value(), move.to.text(), move.at, move.actor));
  Json details = {{"alias", move.alias.value()}, {"from", nullptr},       {"to", move.to.text()},
                  {"reason", move.reason},       {"forced", move.forced}, {"evidence", nullptr}};
  if (move.from) details["from"] = move.from->text();
  if (move.evidence) details["evidence"] = *move.evidence;
  details.update(more);
  RETURN_IF_ERROR(audit.Append(move.actor, Name(move.verb), move.name.value(),
                               Subject(move.name, move.alias), details));
  return Moved{.move = std::move(move)};
}

// The alias points there already, so the answer is its latest move.
Result<Moved> Unmoved(Transaction& transaction, const ModelName& name, const Alias& alias) {
  ASSIGN_OR_RETURN(std::vector<AliasMove> moves, ReadMoves(transaction, name, alias));
  if (moves.empty()) {
    return Error{Code::kCorrupt, Subject(name, alias) + ": exists without a history"};
  }
  return Moved{.move = std::move(moves.back()), .changed = false};
}

bool Contains(const std::vector<SemVer>& versions, const SemVer& version) {
  return std::ranges::find(versions, version) != versions.end();
}

}  // namespace

bool LacksReason(EvidenceRule rule, std::string_view reason) {
  return rule == EvidenceRule::kWaived &&
         reason.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Result<std::vector<AliasTarget>> ReadAliases(Transaction& transaction, const ModelName& name) {
  return ReadAll(transaction, Select(kAliasColumns, "FROM aliases WHERE model = $1 ORDER BY alias"),
                 &ReadAlias, name.value());
}

Result<std::optional<AliasTarget>> FindAlias(Transaction& transaction, const ModelName& name,
                                             const Alias& alias) {
  return transaction.QueryOne(Select(kAliasColumns, "FROM aliases WHERE model = $1 AND alias = $2"),
                              &ReadAlias, name.value(), alias.value());
}

Result<std::vector<AliasMove>> ReadMoves(Transaction& transaction, const ModelName& name,
                                         const Alias& alias) {
  return ReadAll(
      transaction,
      Select(kMoveColumns, "FROM alias_moves WHERE model = $1 AND alias = $2 ORDER BY id"),
      &ReadMove, name.value(), alias.value());
}

Result<std::vector<AliasMove>> ReadAllMoves(Transaction& transaction, const ModelName& name) {
  return ReadAll(transaction,
                 Select(kMoveColumns, "FROM alias_moves WHERE model = $1 ORDER BY id DESC"),
                 &ReadMove, name.value());
}

Result<SemVer> ReadAliasAt(Transaction& transaction, const ModelName& name, const Alias& alias,
                           base::Time time) {
  ASSIGN_OR_RETURN(std::optional<SemVer> version,
                   transaction.QueryOne(
                       // Rows of older programs have microseconds that are not printed.
                       "SELECT to_version FROM alias_moves WHERE model = $1 AND alias = $2 "
                       "AND moved_at - moved_at % 1000 <= $3 ORDER BY id DESC LIMIT 1",
                       [](const Statement& row) { return SemVerAt(row, 0); }, name.value(),
                       alias.value(), time));
  if (version) return *std::move(version);
  return Error{Code::kNotFound,
               Subject(name, alias) + ": did not exist at " + base::FormatTime(time)};
}

Result<std::vector<SemVer>> RollbackTargets(Transaction& transaction, const ModelName& name,
                                            const Alias& alias) {
  ASSIGN_OR_RETURN(const std::vector<AliasMove> moves, ReadMoves(transaction, name, alias));
  std::vector<SemVer> stack = RollbackStack(moves);
  if (stack.empty()) return stack;
  const SemVer current = stack.back();
  ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions, ReadVersions(transaction, name));
  // The current version can lie deeper in the stack as well, after promotions 1, 2, 1. A move to
  // where the alias is would be no rollback.
  std::erase_if(stack, [&](const SemVer& version) {
    return version == current ||
           std::ranges::find(versions, version, &ModelVersion::version) == versions.end();
  });
  return stack;
}

Result<Moved> PromoteAlias(Transaction& transaction, AuditTrail& audit,
                           const Promotion& promotion) {
  ASSIGN_OR_RETURN(const ModelVersion version,
                   FindVersion(transaction, promotion.name, promotion.to));
  ASSIGN_OR_RETURN(const std::optional<AliasTarget> current,
                   FindAlias(transaction, promotion.name, promotion.alias));
  // The expectation is checked before the early return, so a caller with a stale view has a
  // conflict even if the target is right.
  RETURN_IF_ERROR(CheckExpected(promotion.name, promotion.alias, current, promotion.expected));
  // A promotion that is repeated after a lost answer succeeds and needs no evidence, because
  // nothing moves.
  if (current && current->version == promotion.to) {
    return Unmoved(transaction, promotion.name, promotion.alias);
  }
  ASSIGN_OR_RETURN(const Allowance allowance,
                   CheckRule(transaction, promotion, version, current, audit.now()));
  AliasMove move{.name = promotion.name,
                 .alias = promotion.alias,
                 .verb = MoveVerb::kPromote,
                 .from = {},
                 .to = promotion.to,
                 .at = {},
                 .actor = promotion.actor,
                 .reason = promotion.reason,
                 .forced = promotion.rule == EvidenceRule::kWaived,
                 .evidence = {}};
  if (current) move.from = current->version;
  // The text of the policy stands in the event, because its digest tells an auditor nothing.
  Json more = {{"rule", allowance.rule.revision}, {"policy_document", nullptr}};
  if (allowance.proof) {
    move.evidence = allowance.proof->id;
    ASSIGN_OR_RETURN(more["policy_document"], PolicyOf(transaction, allowance.proof->id));
  }
  ASSIGN_OR_RETURN(Moved moved, WriteMove(transaction, audit, std::move(move), more));
  moved.notes = EngineNotes(promotion, Format(version.name, version.version), allowance.proof);
  return moved;
}

Result<RuleVerdict> JudgePromotion(Transaction& transaction, const Promotion& promotion,
                                   base::Time now) {
  ASSIGN_OR_RETURN(const ModelVersion version,
                   FindVersion(transaction, promotion.name, promotion.to));
  ASSIGN_OR_RETURN(const std::optional<AliasTarget> current,
                   FindAlias(transaction, promotion.name, promotion.alias));
  ASSIGN_OR_RETURN(const PromotionFacts facts,
                   ReadFacts(transaction, promotion, version, current, now));
  ASSIGN_OR_RETURN(const AliasRule rule, RuleOf(transaction, promotion));
  return Judge(rule, facts);
}

Status AppendRefusal(AuditTrail& audit, const Promotion& promotion, const Error& error) {
  return audit.Append(promotion.actor, "refuse", promotion.name.value(),
                      Subject(promotion.name, promotion.alias),
                      {{"alias", promotion.alias.value()},
                       {"to", promotion.to.text()},
                       {"why", error.message},
                       {"reason", promotion.reason},
                       {"forced", promotion.rule == EvidenceRule::kWaived}});
}

Result<Moved> RollBackAlias(Transaction& transaction, AuditTrail& audit, const Rollback& rollback) {
  const std::string subject = Subject(rollback.name, rollback.alias);
  ASSIGN_OR_RETURN(const std::optional<AliasTarget> current,
                   FindAlias(transaction, rollback.name, rollback.alias));
  RETURN_IF_ERROR(CheckExpected(rollback.name, rollback.alias, current, rollback.expected));
  if (!current) return Error{Code::kNotFound, subject + ": there is no such alias"};
  // A repeated rollback to a named version succeeds, as a repeated promotion does.
  if (rollback.to && *rollback.to == current->version) {
    return Unmoved(transaction, rollback.name, rollback.alias);
  }
  ASSIGN_OR_RETURN(const std::vector<SemVer> targets,
                   RollbackTargets(transaction, rollback.name, rollback.alias));
  if (rollback.to && !Contains(targets, *rollback.to)) {
    return Error{Code::kConflict,
                 subject + ": cannot roll back to " + rollback.to->text() +
                     ": it was not there before, or that was undone; promote it instead"};
  }
  if (targets.empty()) {
    return Error{Code::kConflict,
                 subject + ": is at " + current->version.text() +
                     ", and there is no earlier version to roll back to; promote one instead"};
  }
  const SemVer& to = rollback.to ? *rollback.to : targets.back();
  ASSIGN_OR_RETURN(Moved moved, WriteMove(transaction, audit,
                                          AliasMove{.name = rollback.name,
                                                    .alias = rollback.alias,
                                                    .verb = MoveVerb::kRollback,
                                                    .from = current->version,
                                                    .to = to,
                                                    .at = {},
                                                    .actor = rollback.actor,
                                                    .reason = rollback.reason,
                                                    .forced = false,
                                                    .evidence = {}}));
  ASSIGN_OR_RETURN(moved.notes, ReturnNotes(transaction, rollback.name, to));
  return moved;
}

}  // namespace moorage::registry

#include "domain/registry/rule_table.h"

#include <string>
#include <utility>

#include "domain/registry/version_table.h"
#include "foundation/json/json.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Error;
using base::Result;
using json::Json;
using store::Statement;
using store::Transaction;

struct RuleRow {
  std::int64_t revision = 0;
  std::optional<std::string> document;  // nothing where the standard rule was put back
};

Result<RuleRow> ReadRuleRow(const Statement& row) {
  RuleRow read{.revision = row.Integer(0), .document = std::nullopt};
  if (!row.IsNull(1)) read.document = std::string(row.Text(1));
  return read;
}

Result<std::optional<RuleRow>> NewestRow(Transaction& transaction, const model::ModelName& name,
                                         const model::Alias& alias) {
  return transaction.QueryOne(
      "SELECT revision, document FROM alias_rules WHERE model = $1 AND alias = $2 "
      "ORDER BY revision DESC LIMIT 1",
      &ReadRuleRow, name.value(), alias.value());
}

// What the event shows of a rule. A policy is a document in it, not a text of JSON.
Json EventRule(const AliasRule& rule) {
  Json json = ToJson(rule);
  json.erase("policy_text");
  auto policy = json::ParseJson(rule.policy_text);
  json["policy_document"] = policy.ok() ? *std::move(policy) : Json(nullptr);
  return json;
}

}  // namespace

Result<std::optional<AliasRule>> ReadRule(Transaction& transaction, const model::ModelName& name,
                                          const model::Alias& alias) {
  ASSIGN_OR_RETURN(const std::optional<RuleRow> row, NewestRow(transaction, name, alias));
  if (!row || !row->document) return std::optional<AliasRule>();
  const auto corrupt = [&](const Error& error) {
    return Error{Code::kCorrupt, "registry database: rule of " + name.value() + "@" +
                                     alias.value() + ": " + error.message};
  };
  const auto json = json::ParseJson(*row->document);
  if (!json.ok()) return corrupt(json.error());
  auto rule = AliasRuleFromJson(*json);
  if (!rule.ok()) return corrupt(rule.error());
  rule->revision = row->revision;
  return std::optional(*std::move(rule));
}

Result<AliasRule> WriteRule(Transaction& transaction, AuditTrail& audit, const RuleChange& change) {
  // A rule of a misspelt model would protect nothing.
  RETURN_IF_ERROR(CheckModelExists(transaction, change.name));
  ASSIGN_OR_RETURN(const std::optional<RuleRow> last,
                   NewestRow(transaction, change.name, change.alias));
  const std::int64_t revision = last ? last->revision + 1 : 1;
  std::optional<std::string> document;
  Json details = {{"alias", change.alias.value()}, {"revision", revision}};
  if (change.rule) {
    document = json::ToText(ToJson(*change.rule));
    details["rule"] = EventRule(*change.rule);
  } else {
    details["standard"] = true;
  }
  details["reason"] = change.reason;
  RETURN_IF_ERROR(transaction.Execute(
      "INSERT INTO alias_rules (model, alias, revision, document, set_at, actor, reason) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      change.name.value(), change.alias.value(), revision, document, audit.now(), change.actor,
      change.reason));
  RETURN_IF_ERROR(audit.Append(change.actor, "rule", change.name.value(),
                               change.name.value() + "@" + change.alias.value(), details));
  AliasRule rule = change.rule.value_or(StandardRule(change.alias, change.standard_policies));
  rule.revision = change.rule ? revision : 0;
  return rule;
}

}  // namespace moorage::registry

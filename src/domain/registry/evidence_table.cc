#include "domain/registry/evidence_table.h"

#include "domain/registry/row_mapping.h"
#include "domain/registry/version_table.h"
#include "foundation/json/json.h"

namespace moorage::registry {
namespace {

// The report is a document of `evaluation`. Only this one part of it is read here.
json::Json PolicyIn(const json::Json& report) {
  if (!report.is_object()) return nullptr;
  const auto policy = report.find("policy");
  if (policy == report.end() || !policy->is_object()) return nullptr;
  return policy->value("document", json::Json(nullptr));
}

base::Result<ValidationProof> ReadProof(const store::Statement& row) {
  ASSIGN_OR_RETURN(const Outcome outcome, model::ParseOutcome(row.Text(1)));
  ValidationProof proof{.id = row.Integer(0),
                        .outcome = outcome,
                        .rows = static_cast<std::uint64_t>(row.Integer(2)),
                        .policy = model::Digest(std::string(row.Text(3))),
                        .baseline = std::nullopt,
                        .engine = std::string(row.Text(5)),
                        .created = store::TimeAt(row, 6)};
  if (!row.IsNull(4)) proof.baseline = model::Digest(std::string(row.Text(4)));
  return proof;
}

}  // namespace

using base::Code;
using base::Error;
using base::Result;
using store::Statement;
using store::Transaction;

Result<Evidence> WriteEvidence(Transaction& transaction, AuditTrail& audit, Evidence evidence) {
  ASSIGN_OR_RETURN(const ModelVersion version,
                   FindVersion(transaction, evidence.name, evidence.version));
  const std::string ref = Format(evidence.name, evidence.version);
  // The run may have taken minutes. A verdict is about bytes, so it must not be stored for others.
  if (version.artifact != evidence.artifact) {
    return Error{Code::kConflict, "evidence for " + ref + ": is about artifact " +
                                      evidence.artifact.value() + ", the version has " +
                                      version.artifact.value()};
  }
  ASSIGN_OR_RETURN(const json::Json report, base::Annotate("evidence for " + ref + ": report",
                                                           json::ParseJson(evidence.report)));
  ASSIGN_OR_RETURN(const auto last,
                   transaction.QueryOne("SELECT id FROM evidence ORDER BY id DESC LIMIT 1",
                                        [](const Statement& row) -> Result<std::int64_t> {
                                          return row.Integer(0);
                                        }));
  // Write transactions are serial, so max + 1 is unused (docs/decisions/0004).
  evidence.id = last.value_or(0) + 1;
  evidence.created = audit.now();
  std::optional<std::string> baseline;
  if (evidence.baseline) baseline = evidence.baseline->value();
  RETURN_IF_ERROR(transaction.Execute(
      "INSERT INTO evidence (id, model, version, artifact, kind, outcome, dataset, dataset_rows, "
      "policy, baseline, engine, created_at, actor, report) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
      evidence.id, evidence.name.value(), evidence.version.text(), evidence.artifact.value(),
      evidence.kind, Name(evidence.outcome), evidence.dataset.value(), evidence.rows,
      evidence.policy.value(), baseline, evidence.engine, evidence.created, evidence.actor,
      evidence.report));
  RETURN_IF_ERROR(audit.Append(evidence.actor, "evidence", evidence.name.value(), ref,
                               {{"id", evidence.id},
                                {"kind", evidence.kind},
                                {"outcome", Name(evidence.outcome)},
                                {"artifact", evidence.artifact.value()},
                                {"dataset", evidence.dataset.value()},
                                {"policy", evidence.policy.value()},
                                {"policy_document", PolicyIn(report)}}));
  return evidence;
}

Result<std::vector<Evidence>> ReadEvidenceOf(Transaction& transaction, const model::ModelName& name,
                                             const model::SemVer& version) {
  return ReadAll(
      transaction,
      Select(kEvidenceColumns, "FROM evidence WHERE model = $1 AND version = $2 ORDER BY id DESC"),
      &ReadEvidence, name.value(), version.text());
}

Result<std::vector<ValidationProof>> ReadProofs(Transaction& transaction,
                                                const ModelVersion& version) {
  return ReadAll(transaction,
                 "SELECT id, outcome, dataset_rows, policy, baseline, engine, created_at "
                 "FROM evidence WHERE model = $1 AND version = $2 AND artifact = $3 AND kind = $4 "
                 "ORDER BY id DESC",
                 &ReadProof, version.name.value(), version.version.text(), version.artifact.value(),
                 kValidateEvidence);
}

Result<json::Json> PolicyOf(Transaction& transaction, std::int64_t evidence) {
  ASSIGN_OR_RETURN(const auto text, transaction.QueryOne(
                                        "SELECT report FROM evidence WHERE id = $1",
                                        [](const Statement& row) -> Result<std::string> {
                                          return std::string(row.Text(0));
                                        },
                                        evidence));
  const auto report = json::ParseJson(text.value_or("null"));
  return report.ok() ? PolicyIn(*report) : json::Json(nullptr);
}

Result<std::optional<Evidence>> NewerValidationOf(Transaction& transaction,
                                                  const model::ModelName& name,
                                                  const model::SemVer& version,
                                                  std::int64_t after) {
  return transaction.QueryOne(
      Select(kEvidenceColumns,
             "FROM evidence WHERE model = $1 AND version = $2 AND kind = $3 AND id > $4 "
             "ORDER BY id DESC LIMIT 1"),
      &ReadEvidence, name.value(), version.text(), kValidateEvidence, after);
}

Result<std::optional<Evidence>> NewestEvidence(Transaction& transaction,
                                               const ModelVersion& version, std::string_view kind) {
  return transaction.QueryOne(
      Select(kEvidenceColumns,
             "FROM evidence WHERE model = $1 AND version = $2 AND artifact = $3 AND kind = $4 "
             "ORDER BY id DESC LIMIT 1"),
      &ReadEvidence, version.name.value(), version.version.text(), version.artifact.value(), kind);
}

}  // namespace moorage::registry

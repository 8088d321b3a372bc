#pragma once

// Documents, and parts of documents, that several operations answer. Their members are described in
// docs/operations/api.md. Times are ISO 8601 with milliseconds, digests have their "sha256:", what
// is absent is null. Pure.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/contract/signature_diff.h"
#include "domain/registry/registry.h"
#include "foundation/json/json.h"
#include "foundation/model/api_call.h"
#include "foundation/model/artifact.h"
#include "foundation/model/semver.h"

namespace moorage::management {

json::Json SummaryDocument(const registry::ModelSummary& summary);
json::Json VersionSummary(const registry::ModelVersion& version);
json::Json EvidenceDocument(const registry::Evidence& evidence);
json::Json AliasMoveDocument(const registry::AliasMove& move);
// An alias move, and whether it changed anything.
json::Json MoveDocument(const registry::Moved& moved);
// The rule of an alias. `policy` is null for a standard rule, which has several.
json::Json RuleDocument(const model::ModelName& name, const model::Alias& alias,
                        const registry::AliasRule& rule);
// Whether the rule of the alias allows a promotion now, and each condition.
json::Json VerdictDocument(const model::Alias& alias, const registry::RuleVerdict& verdict);
json::Json FileList(const model::ArtifactIndex& index);
json::Json ChangeList(const std::vector<contract::ContractChange>& changes);

json::Json TextOrNull(const std::optional<model::SemVer>& version);
// A document that the registry keeps as text.
json::Json Embedded(const std::string& text);

// The answer 200 with this document.
inline model::ApiReply Ok(json::Json document) {
  return {.status = 200, .body = std::move(document)};
}

}  // namespace moorage::management

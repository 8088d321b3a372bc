#pragma once

#include <span>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::management {

// One call of the management API, declared once: the HTTP router, the CLI, permissions, the audit
// verb and /openapi.json read this row.
struct ManagementOperation {
  std::string_view name;    // "push"
  std::string_view method;  // "POST"
  std::string_view path;    // "/api/v1/models/{name}/versions"
  std::string_view summary;
};

// Everything a person or a script may ask of a registry, in neutral form. The same object answers
// the CLI in-process and the HTTP API of a server, so both mean the same. {selector} is a version
// or an alias. Unknown query parameters, members and parts are errors that name them. The answers:
// docs/operations/api.md.
//
//   GET /api/v1/models
//     every model: latest, aliases
//   GET /api/v1/models/{name}
//     one model: versions, aliases
//   POST /api/v1/models/{name}/versions
//     push: parts model, metadata?, options? (metadata too; wins over it), reference? (CSV),
//     notes?, and one part "external" with its filename for each external data file; query version?
//     or bump? (auto, major, minor, patch)
//   GET /api/v1/models/{name}/versions/{selector}
//     one version: manifest, files, evidence
//   DELETE /api/v1/models/{name}/versions/{selector}
//     never to be used again: query reason?
//   POST /api/v1/models/{name}/versions/{selector}/validations
//     parts data (CSV), policy? (JSON or YAML); query target, baseline? (a reference, a version of
//     this model, or "none"), ignore? (column names, separated by commas)
//   PUT /api/v1/models/{name}/aliases/{alias}
//     promote: {version (or an alias), expected? (a version, or null: must not exist), force?,
//     reason?}
//   POST /api/v1/models/{name}/aliases/{alias}/rollback
//     {to?, reason?, expected?}
//   GET /api/v1/models/{name}/history
//     query alias?, at?
//   GET /api/v1/diff
//     query from, to
//   GET /api/v1/audit
//     query name?, since?, limit?
//   POST /api/v1/gc
//     {dry_run?, grace?}
//   GET /api/v1/doctor
//   POST /api/v2/models/{ref}/predict
//     in-process only: a server's data plane answers this path itself; body as there
class Management {
 public:
  virtual ~Management() = default;

  // Blocks; safe from any thread. An unknown path is kNotFound.
  virtual base::Result<model::ApiReply> Handle(const model::ApiCall& call) = 0;

  static std::span<const ManagementOperation> Operations();
};

}  // namespace moorage::management

#include "domain/registry/schema.h"

#include <array>

#include "platform/store/sqlite/migrations.h"

namespace moorage::registry {
namespace {

constexpr std::string_view kTables = R"sql(
CREATE TABLE versions (
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  precedence TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'deleted')),
  token TEXT,
  artifact TEXT,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  checks TEXT NOT NULL,
  PRIMARY KEY (model, version),
  UNIQUE (model, precedence),
  CHECK ((state = 'pending') = (token IS NOT NULL)),
  CHECK ((state = 'pending') = (artifact IS NULL))
);
CREATE TABLE artifact_files (
  artifact TEXT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  size BIGINT NOT NULL,
  PRIMARY KEY (artifact, name)
);
CREATE TABLE aliases (
  model TEXT NOT NULL,
  alias TEXT NOT NULL,
  version TEXT NOT NULL,
  moved_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (model, alias),
  FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
CREATE TABLE alias_moves (
  id BIGINT PRIMARY KEY,
  model TEXT NOT NULL,
  alias TEXT NOT NULL,
  verb TEXT NOT NULL CHECK (verb IN ('promote', 'rollback')),
  from_version TEXT,
  to_version TEXT NOT NULL,
  moved_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  forced BIGINT NOT NULL CHECK (forced IN (0, 1)),
  evidence BIGINT,
  FOREIGN KEY (model, to_version) REFERENCES versions (model, version)
);
CREATE INDEX alias_moves_by_alias ON alias_moves (model, alias, id);
CREATE TABLE evidence (
  id BIGINT PRIMARY KEY,
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  artifact TEXT NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR')),
  dataset TEXT NOT NULL,
  dataset_rows BIGINT NOT NULL,
  policy TEXT NOT NULL,
  baseline TEXT,
  engine TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  report TEXT NOT NULL,
  FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
CREATE INDEX evidence_by_version ON evidence (model, version, id);
CREATE TABLE events (
  id BIGINT PRIMARY KEY,
  happened_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  model TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL
);
CREATE INDEX events_by_model ON events (model, id);
)sql";

constexpr std::string_view kProbeReports = R"sql(
CREATE TABLE probe_reports (
  artifact TEXT NOT NULL,
  engine TEXT NOT NULL,
  processor TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (artifact, engine, processor)
);
)sql";

// A row without a document puts the standard rule back.
constexpr std::string_view kAliasRules = R"sql(
CREATE TABLE alias_rules (
  model TEXT NOT NULL,
  alias TEXT NOT NULL,
  revision BIGINT NOT NULL,
  document TEXT,
  set_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (model, alias, revision)
);
)sql";

constexpr std::string_view kCondemnedBlobs = R"sql(
CREATE TABLE condemned_blobs (
  digest TEXT PRIMARY KEY,
  condemned_at BIGINT NOT NULL
);
)sql";

constexpr std::array<store::Migration, 4> kMigrations = {
    {{.version = 1, .name = "versions, aliases, evidence, events", .sql = kTables},
     {.version = 2, .name = "reports on trial runs", .sql = kProbeReports},
     {.version = 3, .name = "rules of aliases", .sql = kAliasRules},
     {.version = 4, .name = "blobs that a collection removes", .sql = kCondemnedBlobs}}};

}  // namespace

base::Status CheckSchema(store::Database& database) {
  return base::Annotate("registry", store::CheckMigrated(database, "registry", kMigrations));
}

base::Status UpgradeSchema(store::Database& database) {
  return base::Annotate("registry", store::Migrate(database, "registry", kMigrations));
}

}  // namespace moorage::registry

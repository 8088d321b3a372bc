#pragma once

// Brings the tables of one component to its newest schema, in one transaction. A crash leaves the
// old schema or the new one. Two processes may do it at once.

#include <span>
#include <string_view>

#include "foundation/base/result.h"
#include "platform/store/database.h"

namespace moorage::store {

// One step of a schema. `sql` may hold several statements and is never changed after a release.
struct Migration {
  std::int64_t version = 0;  // 1, 2, 3, ... without gaps
  std::string_view name;     // what it does, for messages
  std::string_view sql;
};

// Checks that the schema of one component is exactly the newest. Writes nothing. kUnsupported if it
// is older or newer than this program knows.
base::Status CheckMigrated(Database& database, std::string_view component,
                           std::span<const Migration> migrations);

// Runs all missing steps of one component, for instance "registry". kUnsupported if the database is
// newer than this program knows, because an older program must not write it. Waits for no writer
// where no step is missing.
base::Status Migrate(Database& database, std::string_view component,
                     std::span<const Migration> migrations);

}  // namespace moorage::store

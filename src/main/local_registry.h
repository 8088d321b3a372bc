#pragma once

// The registry that the configuration names, which is a SQLite file and a directory of blobs. Both
// are made if they do not exist. Members are in the order of their dependence.

#include <memory>
#include <string>

#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/file_system.h"
#include "foundation/base/result.h"
#include "platform/config/config.h"
#include "platform/store/directory/directory_blob_store.h"
#include "platform/store/sqlite/sqlite_database.h"

namespace moorage::main {

struct LocalRegistry {
  std::string folder;  // of the database file
  std::unique_ptr<store::SqliteDatabase> database;
  std::unique_ptr<store::DirectoryBlobStore> blobs;
  std::unique_ptr<registry::Registry> registry;

  static base::Result<LocalRegistry> Open(const config::Config::Registry& config,
                                          base::FileSystem& files, const base::Clock& clock);
};

}  // namespace moorage::main

#pragma once

// The registry that the configuration names, which is a SQLite file and a directory of blobs. Only
// a push and a server make one. Members are in the order of their dependence.

#include <cstdint>
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

// What a registry is opened for.
enum class RegistryUse : std::uint8_t {
  kRead,    // writes nothing, waits for no writer, and works where nothing may be written
  kChange,  // changes a registry that is there
  kPush,    // changes a registry, and makes it if it is missing
  kServe,   // as kPush, but reads one that may not be written
};

struct LocalRegistry {
  std::string folder;  // of the database file
  std::unique_ptr<store::SqliteDatabase> database;
  std::unique_ptr<store::DirectoryBlobStore> blobs;
  std::unique_ptr<registry::Registry> registry;

  bool created = false;            // by this Open()
  std::string path;                // of the database file, absolute
  std::string why_only_read = {};  // kServe only, empty if it may be changed

  // kNotFound names the path where there is no registry.
  static base::Result<LocalRegistry> Open(const config::Config::Registry& config, RegistryUse use,
                                          base::FileSystem& files, const base::Clock& clock);
};

}  // namespace moorage::main

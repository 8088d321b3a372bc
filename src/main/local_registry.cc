#include "main/local_registry.h"

#include <string>
#include <string_view>
#include <utility>

#include "foundation/base/random.h"

namespace moorage::main {

namespace {

using base::Code;
using base::Error;
using base::Result;

// "sqlite:./moorage-data/moorage.db" -> "./moorage-data/moorage.db"
Result<std::string> PathOf(const std::string& address, std::string_view scheme,
                           std::string_view key) {
  if (!address.starts_with(scheme)) {
    return Error{Code::kInvalid, std::string(key) + ": '" + address + "' does not begin with " +
                                     std::string(scheme)};
  }
  return address.substr(scheme.size());
}

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return path.substr(0, slash == 0 ? 1 : slash);  // "/" is the parent of "/moorage.db"
}

}  // namespace

Result<LocalRegistry> LocalRegistry::Open(const config::Config::Registry& config,
                                          base::FileSystem& files, const base::Clock& clock) {
  base::Random& random = base::SystemRandom::Get();
  ASSIGN_OR_RETURN(const std::string database,
                   PathOf(config.database, "sqlite:", "registry.database"));
  ASSIGN_OR_RETURN(const std::string blobs, PathOf(config.blobs, "file:", "registry.blobs"));
  // SQLite makes its file but not the directory.
  RETURN_IF_ERROR(files.CreateDirectories(ParentOf(database)));
  LocalRegistry local;
  local.folder = ParentOf(database);
  ASSIGN_OR_RETURN(local.database, store::SqliteDatabase::Open(database));
  ASSIGN_OR_RETURN(local.blobs, store::DirectoryBlobStore::Open(files, random, blobs));
  ASSIGN_OR_RETURN(local.registry,
                   registry::Registry::Open({*local.database, *local.blobs, clock, random}));
  return local;
}

}  // namespace moorage::main

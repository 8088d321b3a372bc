#include "main/local_registry.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
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

std::string AbsoluteOf(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

struct Places {
  std::string database;
  std::string blobs;
};

Result<LocalRegistry> OpenToRead(const Places& places, base::FileSystem& files,
                                 const base::Clock& clock) {
  base::Random& random = base::SystemRandom::Get();
  LocalRegistry local;
  ASSIGN_OR_RETURN(local.database, store::SqliteDatabase::Open(places.database,
                                                               {.mode = store::SqliteMode::kRead}));
  local.blobs = store::DirectoryBlobStore::OpenToRead(files, random, places.blobs);
  ASSIGN_OR_RETURN(local.registry,
                   registry::Registry::OpenToRead({*local.database, *local.blobs, clock, random}));
  return local;
}

Result<LocalRegistry> OpenToWrite(const Places& places, store::SqliteMode mode,
                                  base::FileSystem& files, const base::Clock& clock) {
  base::Random& random = base::SystemRandom::Get();
  // SQLite makes its file but not the directory.
  if (mode == store::SqliteMode::kCreate) {
    RETURN_IF_ERROR(files.CreateDirectories(ParentOf(places.database)));
  }
  LocalRegistry local;
  ASSIGN_OR_RETURN(local.database, store::SqliteDatabase::Open(places.database, {.mode = mode}));
  ASSIGN_OR_RETURN(local.blobs, store::DirectoryBlobStore::Open(files, random, places.blobs));
  ASSIGN_OR_RETURN(local.registry,
                   registry::Registry::Open({*local.database, *local.blobs, clock, random}));
  return local;
}

Result<LocalRegistry> OpenFor(RegistryUse use, const Places& places, base::FileSystem& files,
                              const base::Clock& clock) {
  using store::SqliteMode;
  if (use == RegistryUse::kRead) return OpenToRead(places, files, clock);
  if (use == RegistryUse::kChange) {
    return OpenToWrite(places, SqliteMode::kExisting, files, clock);
  }
  auto opened = OpenToWrite(places, SqliteMode::kCreate, files, clock);
  if (opened.ok() || use == RegistryUse::kPush) return opened;
  const Code code = opened.error().code;
  if (code != Code::kUnavailable && code != Code::kStorageFull) return opened;
  // A server answers from a registry on a disk that may only be read or is full, and refuses
  // changes.
  auto read = OpenToRead(places, files, clock);
  if (!read.ok()) return opened;
  read->why_only_read = opened.error().message;
  return read;
}

}  // namespace

Result<LocalRegistry> LocalRegistry::Open(const config::Config::Registry& config, RegistryUse use,
                                          base::FileSystem& files, const base::Clock& clock) {
  Places places;
  ASSIGN_OR_RETURN(places.database, PathOf(config.database, "sqlite:", "registry.database"));
  ASSIGN_OR_RETURN(places.blobs, PathOf(config.blobs, "file:", "registry.blobs"));
  const auto before = files.Stat(places.database);
  const bool missing = !before.ok() && before.error().code == Code::kNotFound;
  const std::string path = AbsoluteOf(places.database);
  if (missing && (use == RegistryUse::kRead || use == RegistryUse::kChange)) {
    return Error{Code::kNotFound, "there is no registry at " + path +
                                      " (registry.database): work in another directory, name its "
                                      "configuration, or make one with a push"};
  }
  ASSIGN_OR_RETURN(LocalRegistry local, OpenFor(use, places, files, clock));
  local.folder = ParentOf(places.database);
  local.path = path;
  local.created = missing;
  return local;
}

}  // namespace moorage::main

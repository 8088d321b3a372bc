#include "foundation/base/file_system.h"

#include <filesystem>

namespace moorage::base {
namespace {

Status WriteAndSync(FileSystem& files, const std::string& path, std::string_view bytes) {
  ASSIGN_OR_RETURN(const std::unique_ptr<WritableFile> file, files.Create(path));
  RETURN_IF_ERROR(file->Append(std::as_bytes(std::span(bytes))));
  return file->Sync();
}

std::string ParentOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

Status WriteFileAtomically(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  // Removes what an interrupted writer has left, because Create() refuses an existing path.
  if (const Status removed = files.Remove(temporary);
      !removed.ok() && removed.error().code != Code::kNotFound) {
    return removed;
  }
  // Syncs before the rename. Otherwise a crash could leave the name on a file without its bytes.
  Status status = WriteAndSync(files, temporary, bytes);
  if (status.ok()) status = files.Rename(temporary, path);
  if (!status.ok()) {
    // Returns the first error. A temporary file that stays is removed by the next writer.
    (void)files.Remove(temporary);
    return status;
  }
  // The rename itself is lost in a power cut until the directory is synced.
  return files.SyncDirectory(ParentOf(path));
}

}  // namespace moorage::base

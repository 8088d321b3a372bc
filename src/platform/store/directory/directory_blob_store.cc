#include "platform/store/directory/directory_blob_store.h"

#include <algorithm>
#include <filesystem>

#include "foundation/base/hex.h"
#include "foundation/base/sha256.h"

namespace moorage::store {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::Digest;

constexpr std::string_view kAlgorithm = "sha256:";
constexpr std::size_t kPrefix = 2;  // hexadecimal digits that name the directory
constexpr std::size_t kDigits = 64;

std::string_view DigitsOf(const Digest& digest) {
  return std::string_view(digest.value()).substr(kAlgorithm.size());
}

bool IsNotFound(const Error& error) { return error.code == Code::kNotFound; }

}  // namespace

class DirectoryBlobStore::Writer : public BlobWriter {
 public:
  Writer(DirectoryBlobStore& store, std::string path, std::unique_ptr<base::WritableFile> file)
      : store_(store), path_(std::move(path)), file_(std::move(file)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  ~Writer() override {
    file_.reset();
    // What cannot be removed now is swept later.
    if (!renamed_) (void)store_.files_.Remove(path_);
  }

  Status Append(std::span<const std::byte> bytes) override {
    hash_.Update(bytes);
    return file_->Append(bytes);
  }

  Result<Digest> Finish() override {
    const base::Sha256Bytes bytes = hash_.Finish();
    Digest digest(std::string(kAlgorithm) + base::Hex(bytes));
    // The mode and the bytes are on the disk before the name is. A crash then leaves the whole blob
    // or only a temporary file.
    RETURN_IF_ERROR(file_->MakeReadOnly());
    RETURN_IF_ERROR(file_->Sync());
    file_.reset();
    const std::string target = store_.PathOf(digest);
    const std::string directory = std::filesystem::path(target).parent_path().string();
    RETURN_IF_ERROR(store_.files_.CreateDirectories(directory));
    RETURN_IF_ERROR(store_.files_.Rename(path_, target));
    renamed_ = true;
    RETURN_IF_ERROR(store_.files_.SyncDirectory(directory));
    // Always, because the process that made `directory` may have crashed before it could sync this
    // one.
    RETURN_IF_ERROR(store_.files_.SyncDirectory(store_.blobs_));
    return digest;
  }

 private:
  DirectoryBlobStore& store_;
  const std::string path_;
  std::unique_ptr<base::WritableFile> file_;
  base::Sha256 hash_;
  bool renamed_ = false;
};

DirectoryBlobStore::DirectoryBlobStore(base::FileSystem& files, base::Random& random,
                                       const std::string& root)
    : files_(files), random_(random), blobs_(root + "/sha256"), temporary_(root + "/tmp") {}

Result<std::unique_ptr<DirectoryBlobStore>> DirectoryBlobStore::Open(base::FileSystem& files,
                                                                     base::Random& random,
                                                                     const std::string& root) {
  std::unique_ptr<DirectoryBlobStore> store = OpenToRead(files, random, root);
  RETURN_IF_ERROR(files.CreateDirectories(store->blobs_));
  RETURN_IF_ERROR(files.CreateDirectories(store->temporary_));
  // Both directories, and the root itself, must survive a power cut that follows the first blob.
  RETURN_IF_ERROR(files.SyncDirectory(root));
  const std::string parent = std::filesystem::path(root).parent_path().string();
  RETURN_IF_ERROR(files.SyncDirectory(parent.empty() ? "." : parent));
  return store;
}

std::unique_ptr<DirectoryBlobStore> DirectoryBlobStore::OpenToRead(base::FileSystem& files,
                                                                   base::Random& random,
                                                                   const std::string& root) {
  return std::unique_ptr<DirectoryBlobStore>(new DirectoryBlobStore(files, random, root));
}

std::string DirectoryBlobStore::PathOf(const Digest& digest) const {
  const std::string_view digits = DigitsOf(digest);
  std::string path = blobs_;
  path.append("/").append(digits.substr(0, kPrefix));
  path.append("/").append(digits.substr(kPrefix));
  return path;
}

Result<std::unique_ptr<BlobWriter>> DirectoryBlobStore::NewBlob() {
  std::string path = temporary_ + "/" + base::RandomHex(random_, 16);
  ASSIGN_OR_RETURN(auto file, files_.Create(path));
  return std::make_unique<Writer>(*this, std::move(path), std::move(file));
}

Result<std::string> DirectoryBlobStore::Get(const Digest& digest, std::uint64_t limit) {
  Result<std::string> bytes = files_.Read(PathOf(digest), limit);
  if (!bytes.ok()) {
    if (IsNotFound(bytes.error())) {
      return Error{Code::kNotFound, "blob " + digest.value() + ": is missing"};
    }
    return base::Annotate("blob " + digest.value(), std::move(bytes).error());
  }
  if (base::Hex(base::Sha256::Of(*bytes)) != DigitsOf(digest)) {
    return Error{Code::kCorrupt,
                 "blob " + digest.value() + ": its bytes have changed since it was stored"};
  }
  return bytes;
}

Result<bool> DirectoryBlobStore::Has(const Digest& digest) {
  const Result<base::FileInfo> info = files_.Stat(PathOf(digest));
  if (info.ok()) return true;
  if (IsNotFound(info.error())) return false;
  return info.error();
}

Status DirectoryBlobStore::Remove(const Digest& digest) {
  Status status = files_.Remove(PathOf(digest));
  if (!status.ok() && IsNotFound(status.error())) return {};
  return status;
}

Result<std::vector<BlobInfo>> DirectoryBlobStore::List() {
  std::vector<BlobInfo> blobs;
  ASSIGN_OR_RETURN(const std::vector<base::FileInfo> directories, files_.List(blobs_));
  for (const base::FileInfo& directory : directories) {
    // Files of others are left alone, and are no blobs.
    if (!directory.is_directory || directory.name.size() != kPrefix ||
        !base::IsLowerHex(directory.name)) {
      continue;
    }
    std::string path = blobs_;
    path.append("/").append(directory.name);
    ASSIGN_OR_RETURN(const std::vector<base::FileInfo> files, files_.List(path));
    for (const base::FileInfo& file : files) {
      if (file.is_directory || file.name.size() != kDigits - kPrefix ||
          !base::IsLowerHex(file.name)) {
        continue;
      }
      std::string digest(kAlgorithm);
      digest.append(directory.name).append(file.name);
      blobs.push_back({Digest(std::move(digest)), file.size, file.modified});
    }
  }
  return blobs;
}

Result<std::size_t> DirectoryBlobStore::SweepTemporaries(base::Time older_than) {
  ASSIGN_OR_RETURN(const std::vector<base::FileInfo> files, files_.List(temporary_));
  std::size_t swept = 0;
  for (const base::FileInfo& file : files) {
    if (file.is_directory || file.modified >= older_than) continue;
    const Status status = files_.Remove(temporary_ + "/" + file.name);
    // One that is gone was renamed by its writer or removed by another sweeper.
    if (status.ok()) ++swept;
    if (!status.ok() && !IsNotFound(status.error())) return status.error();
  }
  return swept;
}

}  // namespace moorage::store

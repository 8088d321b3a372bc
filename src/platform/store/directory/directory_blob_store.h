#pragma once

// A BlobStore in a directory:
//
//   <root>/sha256/ab/cdef…   a blob: the first two and the other 62 digits of its digest, mode 0444
//   <root>/tmp/<random>      a blob being written
//
// A blob is written to tmp, synced, renamed to its digest, and the directories are synced. After a
// crash at any moment it is there whole, or only something in tmp is. Other files are left alone.

#include <memory>
#include <string>
#include <vector>

#include "foundation/base/file_system.h"
#include "foundation/base/random.h"
#include "platform/store/blob_store.h"

namespace moorage::store {

class DirectoryBlobStore : public BlobStore {
 public:
  // Creates what is missing. `files` and `random` must outlive the store.
  static base::Result<std::unique_ptr<DirectoryBlobStore>> Open(base::FileSystem& files,
                                                                base::Random& random,
                                                                const std::string& root);
  // Makes nothing and looks at nothing, for a store that is only read.
  static std::unique_ptr<DirectoryBlobStore> OpenToRead(base::FileSystem& files,
                                                        base::Random& random,
                                                        const std::string& root);

  base::Result<std::unique_ptr<BlobWriter>> NewBlob() override;
  base::Result<std::string> Get(const model::Digest& digest, std::uint64_t limit) override;
  base::Result<bool> Has(const model::Digest& digest) override;
  base::Status Remove(const model::Digest& digest) override;
  base::Result<std::vector<BlobInfo>> List() override;
  base::Result<std::size_t> SweepTemporaries(base::Time older_than) override;

  // Where the blob is or would be.
  std::string PathOf(const model::Digest& digest) const;

 private:
  class Writer;

  DirectoryBlobStore(base::FileSystem& files, base::Random& random, const std::string& root);

  base::FileSystem& files_;
  base::Random& random_;
  const std::string blobs_;      // <root>/sha256
  const std::string temporary_;  // <root>/tmp
};

}  // namespace moorage::store

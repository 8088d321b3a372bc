#pragma once

// Immutable bytes addressed by their SHA-256. A blob is there whole or not at all. What is read is
// what was put, or an error. Safe to share between threads and processes.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"

namespace moorage::store {

// Bytes on their way into a BlobStore. Destroyed without Finish() it leaves nothing that is
// visible.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;

  virtual base::Status Append(std::span<const std::byte> bytes) = 0;
  // Returns the digest of all bytes appended. From now on the blob is there and survives a crash.
  // Once only.
  virtual base::Result<model::Digest> Finish() = 0;
};

struct BlobInfo {
  model::Digest digest;
  std::uint64_t size = 0;
  base::Time stored;  // when it was last put

  bool operator==(const BlobInfo&) const = default;
};

// Errors:
//   - kNotFound: there is no such blob
//   - kCorrupt: its bytes are no longer those of its digest
//   - kStorageFull: the disk is full
//   - kExhausted: the blob is larger than the limit
//   - kUnavailable: the store does not answer
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  virtual base::Result<std::unique_ptr<BlobWriter>> NewBlob() = 0;
  // Stores the bytes. A blob that is there already is written anew, which repairs a damaged one and
  // makes its `stored` time that of now.
  base::Result<model::Digest> Put(std::string_view bytes);

  // Verified against the digest at every read. kCorrupt and kNotFound name the digest.
  virtual base::Result<std::string> Get(const model::Digest& digest, std::uint64_t limit) = 0;
  // Looks for the name and does not read the bytes.
  virtual base::Result<bool> Has(const model::Digest& digest) = 0;
  // Succeeds where the blob is not there.
  virtual base::Status Remove(const model::Digest& digest) = 0;
  // Sorted by digest.
  virtual base::Result<std::vector<BlobInfo>> List() = 0;
  // Removes what crashed writers have left behind before `older_than`. Returns how many.
  virtual base::Result<std::size_t> SweepTemporaries(base::Time older_than) = 0;
};

}  // namespace moorage::store

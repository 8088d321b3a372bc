#pragma once

// A BlobStore in memory that passes the contract suite. Its times are those of a Clock, so that a
// test can age a blob, and a test can damage one.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"
#include "platform/store/blob_store.h"

namespace moorage::store {

class FakeBlobStore : public BlobStore {
 public:
  explicit FakeBlobStore(const base::Clock& clock) : clock_(clock) {}

  base::Result<std::unique_ptr<BlobWriter>> NewBlob() override {
    return std::make_unique<Writer>(*this);
  }

  base::Result<std::string> Get(const model::Digest& digest, std::uint64_t limit) override {
    const base::MutexLock lock(mu_);
    const auto blob = blobs_.find(digest);
    if (blob == blobs_.end()) {
      return base::Error{base::Code::kNotFound, "blob " + digest.value() + ": is missing"};
    }
    if (blob->second.bytes.size() > limit) {
      return base::Error{base::Code::kExhausted, "blob " + digest.value() + ": is too large"};
    }
    if (model::DigestOf(blob->second.bytes) != digest) {
      return base::Error{base::Code::kCorrupt, "blob " + digest.value() + ": has changed"};
    }
    return blob->second.bytes;
  }

  base::Result<bool> Has(const model::Digest& digest) override {
    const base::MutexLock lock(mu_);
    return blobs_.contains(digest);
  }

  base::Status Remove(const model::Digest& digest) override {
    const base::MutexLock lock(mu_);
    blobs_.erase(digest);
    return {};
  }

  base::Result<std::vector<BlobInfo>> List() override {
    const base::MutexLock lock(mu_);
    std::vector<BlobInfo> infos;
    for (const auto& [digest, blob] : blobs_) {
      infos.push_back({digest, blob.bytes.size(), blob.stored});
    }
    return infos;
  }

  base::Result<std::size_t> SweepTemporaries(base::Time) override { return std::size_t{0}; }

  // Replaces the stored bytes behind the digest's back.
  void Damage(const model::Digest& digest, std::string bytes) {
    const base::MutexLock lock(mu_);
    blobs_[digest].bytes = std::move(bytes);
  }

 private:
  struct Blob {
    std::string bytes;
    base::Time stored;
  };

  class Writer : public BlobWriter {
   public:
    explicit Writer(FakeBlobStore& store) : store_(store) {}

    base::Status Append(std::span<const std::byte> bytes) override {
      for (const std::byte byte : bytes) bytes_.push_back(static_cast<char>(byte));
      return {};
    }
    base::Result<model::Digest> Finish() override {
      const model::Digest digest = model::DigestOf(bytes_);
      const base::MutexLock lock(store_.mu_);
      store_.blobs_[digest] = {std::move(bytes_), store_.clock_.Now()};
      return digest;
    }

   private:
    FakeBlobStore& store_;
    std::string bytes_;
  };

  const base::Clock& clock_;
  base::Mutex mu_;
  std::map<model::Digest, Blob> blobs_ GUARDED_BY(mu_);
};

}  // namespace moorage::store

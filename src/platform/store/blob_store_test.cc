#include "platform/store/blob_store.h"

#include <gtest/gtest.h>

#include "foundation/base/testing/fake_clock.h"
#include "platform/store/testing/blob_store_contract.h"
#include "platform/store/testing/fake_blob_store.h"

namespace moorage::store {
namespace {

using base::Code;
using base::Error;

class Fakes {
 public:
  BlobStore& store() { return store_; }

 private:
  base::FakeClock clock_;
  FakeBlobStore store_{clock_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Fake, BlobStoreContract, Fakes);

// A store whose disk is full when the first, the second or the third step of a blob is taken.
class FullStore : public FakeBlobStore {
 public:
  enum class Step { kNewBlob, kAppend, kFinish };

  FullStore(const base::Clock& clock, Step fails) : FakeBlobStore(clock), fails_(fails) {}

  base::Result<std::unique_ptr<BlobWriter>> NewBlob() override {
    if (fails_ == Step::kNewBlob) return Full();
    return std::make_unique<Writer>(*this);
  }

 private:
  class Writer : public BlobWriter {
   public:
    explicit Writer(const FullStore& store) : store_(store) {}
    base::Status Append(std::span<const std::byte> /*bytes*/) override {
      if (store_.fails_ == Step::kAppend) return Full();
      return {};
    }
    base::Result<model::Digest> Finish() override { return Full(); }

   private:
    const FullStore& store_;
  };

  static Error Full() { return {Code::kExhausted, "the disk is full"}; }

  const Step fails_;
};

TEST(BlobStorePut, AnswersTheErrorOfWhicheverStepFails) {
  const base::FakeClock clock;
  for (const auto step :
       {FullStore::Step::kNewBlob, FullStore::Step::kAppend, FullStore::Step::kFinish}) {
    FullStore store(clock, step);
    const auto digest = store.Put("bytes");
    ASSERT_FALSE(digest.ok());
    EXPECT_EQ(digest.error(), (Error{Code::kExhausted, "the disk is full"}));
    EXPECT_TRUE(store.List()->empty());
  }
}

}  // namespace
}  // namespace moorage::store

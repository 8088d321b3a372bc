#pragma once

// The contract of BlobStore, as tests that every implementation passes.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "platform/store/blob_store.h"

namespace moorage::store {

// What every BlobStore must do. An implementation's test instantiates it with a factory:
//
//   struct MyStores { BlobStore& store(); };   // default constructed for each test; owns what it
//   needs INSTANTIATE_TYPED_TEST_SUITE_P(My, BlobStoreContract, MyStores);
template <typename Factory>
class BlobStoreContract : public testing::Test {
 protected:
  BlobStore& store() { return factory_.store(); }

 private:
  Factory factory_;
};

TYPED_TEST_SUITE_P(BlobStoreContract);

inline constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 40;

TYPED_TEST_P(BlobStoreContract, GivesBackExactlyTheBytesThatWerePut) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte.push_back(static_cast<char>(byte));
  for (const std::string& bytes :
       {std::string(), std::string("x"), every_byte, std::string(3'000'000, '\xff')}) {
    const auto digest = this->store().Put(bytes);
    ASSERT_TRUE(digest.ok()) << digest.error().message;
    EXPECT_EQ(*digest, model::DigestOf(bytes));
    EXPECT_EQ(this->store().Get(*digest, kNoLimit).value(), bytes);
    EXPECT_TRUE(this->store().Has(*digest).value());
  }
}

TYPED_TEST_P(BlobStoreContract, AddressesTheEmptyBlobByTheDigestOfNothing) {
  EXPECT_EQ(this->store().Put("").value().value(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TYPED_TEST_P(BlobStoreContract, IsIdempotent) {
  const model::Digest first = this->store().Put("same").value();
  const model::Digest second = this->store().Put("same").value();
  EXPECT_EQ(first, second);
  EXPECT_EQ(this->store().List().value().size(), 1U);
}

TYPED_TEST_P(BlobStoreContract, StreamsABlobInPieces) {
  const auto writer = this->store().NewBlob();
  ASSERT_TRUE(writer.ok());
  for (const std::string_view piece : {"har", "", "bour"}) {
    ASSERT_TRUE((*writer)->Append(std::as_bytes(std::span(piece))).ok());
  }
  EXPECT_TRUE(this->store().List().value().empty());
  const model::Digest digest = (*writer)->Finish().value();
  EXPECT_EQ(digest, model::DigestOf("harbour"));
  EXPECT_EQ(this->store().Get(digest, kNoLimit).value(), "harbour");
}

TYPED_TEST_P(BlobStoreContract, AnAbandonedBlobLeavesNothing) {
  {
    const auto writer = this->store().NewBlob();
    ASSERT_TRUE((*writer)->Append(std::as_bytes(std::span(std::string_view("gone")))).ok());
  }
  EXPECT_TRUE(this->store().List().value().empty());
  EXPECT_FALSE(this->store().Has(model::DigestOf("gone")).value());
}

TYPED_TEST_P(BlobStoreContract, NamesTheDigestOfAMissingBlob) {
  const model::Digest missing = model::DigestOf("never put");
  const auto result = this->store().Get(missing, kNoLimit);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, base::Code::kNotFound);
  EXPECT_NE(result.error().message.find(missing.value()), std::string::npos);
  EXPECT_FALSE(this->store().Has(missing).value());
}

TYPED_TEST_P(BlobStoreContract, RefusesABlobBeyondTheLimit) {
  const model::Digest digest = this->store().Put("12345").value();
  EXPECT_EQ(this->store().Get(digest, 4).error().code, base::Code::kExhausted);
  EXPECT_EQ(this->store().Get(digest, 5).value(), "12345");
}

TYPED_TEST_P(BlobStoreContract, RemovesAndForgets) {
  const model::Digest digest = this->store().Put("ballast").value();
  ASSERT_TRUE(this->store().Remove(digest).ok());
  EXPECT_FALSE(this->store().Has(digest).value());
  EXPECT_EQ(this->store().Get(digest, kNoLimit).error().code, base::Code::kNotFound);
  EXPECT_TRUE(this->store().Remove(digest).ok());
  EXPECT_EQ(this->store().Put("ballast").value(), digest);
  EXPECT_TRUE(this->store().Has(digest).value());
}

TYPED_TEST_P(BlobStoreContract, ListsEveryBlobSortedWithItsSize) {
  std::vector<model::Digest> digests;
  digests.reserve(40);
  for (int i = 0; i < 40; ++i) {
    digests.push_back(this->store().Put(std::string(static_cast<std::size_t>(i), 'b')).value());
  }
  std::ranges::sort(digests);
  const std::vector<BlobInfo> blobs = this->store().List().value();
  ASSERT_EQ(blobs.size(), digests.size());
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    EXPECT_EQ(blobs[i].digest, digests[i]);
    bytes += blobs[i].size;
  }
  EXPECT_EQ(bytes, 40U * 39U / 2U);
}

TYPED_TEST_P(BlobStoreContract, ManyThreadsMayPutTheSameBlobAtOnce) {
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(this->store().Put("shared").ok());
        EXPECT_TRUE(this->store().Put("own " + std::to_string(t)).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(this->store().List().value().size(), 9U);
  EXPECT_EQ(this->store().Get(model::DigestOf("shared"), kNoLimit).value(), "shared");
}

REGISTER_TYPED_TEST_SUITE_P(BlobStoreContract, GivesBackExactlyTheBytesThatWerePut,
                            AddressesTheEmptyBlobByTheDigestOfNothing, IsIdempotent,
                            StreamsABlobInPieces, AnAbandonedBlobLeavesNothing,
                            NamesTheDigestOfAMissingBlob, RefusesABlobBeyondTheLimit,
                            RemovesAndForgets, ListsEveryBlobSortedWithItsSize,
                            ManyThreadsMayPutTheSameBlobAtOnce);

}  // namespace moorage::store

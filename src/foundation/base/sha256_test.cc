#include "foundation/base/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "foundation/base/hex.h"

namespace moorage::base {
namespace {

struct Vector {
  std::string message;
  std::string_view digest;
};

// The examples of FIPS 180-2, appendix B, and the empty message.
std::vector<Vector> FipsVectors() {
  return {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
          {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
          {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
          {std::string(1'000'000, 'a'),
           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
}

TEST(Sha256, AgreesWithTheVectorsOfTheStandard) {
  for (const Vector& vector : FipsVectors()) {
    EXPECT_EQ(Hex(Sha256::Of(vector.message)), vector.digest);
  }
}

TEST(Sha256, DoesNotDependOnHowTheBytesAreCutIntoPieces) {
  for (const Vector& vector : FipsVectors()) {
    for (const std::size_t piece : {1U, 3U, 63U, 64U, 65U, 4096U}) {
      if (vector.message.size() / piece > 100'000) continue;
      Sha256 hash;
      for (std::size_t at = 0; at < vector.message.size(); at += piece) {
        hash.Update(std::as_bytes(std::span(std::string_view(vector.message).substr(at, piece))));
      }
      EXPECT_EQ(Hex(hash.Finish()), vector.digest);
    }
  }
}

TEST(Sha256, CanBeMovedHalfWay) {
  Sha256 first;
  first.Update(std::as_bytes(std::span(std::string_view("a"))));
  Sha256 second = std::move(first);
  second.Update(std::as_bytes(std::span(std::string_view("bc"))));
  EXPECT_EQ(Hex(second.Finish()), FipsVectors()[1].digest);
}

}  // namespace
}  // namespace moorage::base

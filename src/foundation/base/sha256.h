#pragma once

// SHA-256 of bytes that arrive in pieces. For one thread at a time.

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace moorage::base {

using Sha256Bytes = std::array<std::byte, 32>;

// SHA-256 (FIPS 180-4) of a stream of bytes.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::span<const std::byte> bytes);
  // Returns the digest of all bytes so far. The object may not be used again.
  Sha256Bytes Finish();

  static Sha256Bytes Of(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moorage::base

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace moorage::base {

// Where randomness comes from. Tests pass a source with a fixed seed.
class Random {
 public:
  virtual ~Random() = default;

  virtual void Fill(std::span<std::byte> bytes) = 0;
};

// The kernel's generator. Threads may share it.
class SystemRandom : public Random {
 public:
  static SystemRandom& Get();

  void Fill(std::span<std::byte> bytes) override;
};

// `bytes` random bytes in lower-case hexadecimal.
std::string RandomHex(Random& random, std::size_t bytes);

}  // namespace moorage::base

#include "foundation/base/random.h"

#include <sys/random.h>

#include <cstdlib>
#include <vector>

#include "foundation/base/hex.h"

namespace moorage::base {

SystemRandom& SystemRandom::Get() {
  static SystemRandom random;
  return random;
}

void SystemRandom::Fill(std::span<std::byte> bytes) {
  // One call gives at most 32 MiB, and fewer bytes when a signal interrupts it.
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    // EINTR is the only error that a valid buffer can meet.
    if (got < 0) continue;
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

std::string RandomHex(Random& random, std::size_t bytes) {
  std::vector<std::byte> raw(bytes);
  random.Fill(raw);
  return Hex(raw);
}

}  // namespace moorage::base

#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace moorage::process {

// How many files and connections this process may have open now, and the most it may ask for.
struct OpenFileLimit {
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;

  bool operator==(const OpenFileLimit&) const = default;
};

// Asks for as many as the hard limit allows, because each client is one. Returns the limits that
// hold then.
OpenFileLimit RaiseOpenFileLimit();

// A sentence for the operator about a limit. Nothing if it is high enough for a server.
std::optional<std::string> WarningOf(const OpenFileLimit& limit);

}  // namespace moorage::process

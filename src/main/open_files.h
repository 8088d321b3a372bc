#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace moorage::main {

// How many files and connections this process may have open: now, and the most it may ask for.
struct OpenFileLimit {
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;

  bool operator==(const OpenFileLimit&) const = default;
};

// Asks for as many as the hard limit allows: each client is one. Answers what holds then.
OpenFileLimit RaiseOpenFileLimit();

// What an operator should know about a limit; nothing if it is fit for a server.
std::optional<std::string> WarningOf(const OpenFileLimit& limit);

}  // namespace moorage::main

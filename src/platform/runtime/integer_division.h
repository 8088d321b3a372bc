#pragma once

// Reads the machine code of one integer division, so that a signal handler can step over it.
// Pure, neither allocates nor locks, and reads no byte behind the instruction.

#include <cstddef>
#include <cstdint>
#include <optional>

namespace moorage::runtime {

// A DIV or IDIV of x86-64.
struct IntegerDivision {
  std::size_t length = 0;         // of the instruction in bytes
  std::size_t operand_bytes = 0;  // 1, 2, 4 or 8

  bool operator==(const IntegerDivision&) const = default;
};

// Returns nothing if the instruction at `code` is another one. `code` is an instruction that the
// processor has fetched, so as many bytes as it has are there.
std::optional<IntegerDivision> DecodeIntegerDivision(const std::uint8_t* code);

}  // namespace moorage::runtime

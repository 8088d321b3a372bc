#include "platform/runtime/integer_division.h"

namespace moorage::runtime {
namespace {

constexpr std::size_t kLongest = 15;  // of any instruction

struct Prefixes {
  std::size_t length = 0;
  bool operand_size = false;  // 0x66, 16 bits unless REX.W says 64
  bool wide = false;          // REX.W
};

// Repeat prefixes and segment overrides change nothing for a division. LOCK is not legal before it.
bool IsLegacyPrefix(std::uint8_t byte) {
  switch (byte) {
    case 0x26:
    case 0x2E:
    case 0x36:
    case 0x3E:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xF2:
    case 0xF3:
      return true;
    default:
      return false;
  }
}

Prefixes ReadPrefixes(const std::uint8_t* code) {
  Prefixes prefixes;
  while (prefixes.length < kLongest && IsLegacyPrefix(code[prefixes.length])) {
    prefixes.operand_size |= code[prefixes.length] == 0x66;
    ++prefixes.length;
  }
  // REX counts only as the last prefix, and the opcode must follow.
  if (prefixes.length < kLongest && (code[prefixes.length] & 0xF0U) == 0x40U) {
    prefixes.wide = (code[prefixes.length] & 0x08U) != 0;
    ++prefixes.length;
  }
  return prefixes;
}

// The bytes of the ModRM byte at `code` with what belongs to it, SIB and displacement.
std::size_t AddressLength(const std::uint8_t* code) {
  const unsigned mode = code[0] >> 6U;
  const unsigned place = code[0] & 7U;
  if (mode == 3) return 1;  // a register
  std::size_t length = 1;
  bool without_base = place == 5;  // relative to the instruction pointer
  if (place == 4) {
    without_base = (code[1] & 7U) == 5;
    ++length;
  }
  if (mode == 1) return length + 1;
  if (mode == 2 || without_base) return length + 4;
  return length;
}

}  // namespace

std::optional<IntegerDivision> DecodeIntegerDivision(const std::uint8_t* code) {
  const Prefixes prefixes = ReadPrefixes(code);
  if (prefixes.length + 2 > kLongest) return std::nullopt;
  const std::uint8_t opcode = code[prefixes.length];
  if (opcode != 0xF6 && opcode != 0xF7) return std::nullopt;
  const std::uint8_t* address = code + prefixes.length + 1;
  // Six is DIV and seven is IDIV. The others share the opcode: TEST, NOT, NEG, MUL and IMUL.
  if (((*address >> 3U) & 7U) < 6) return std::nullopt;
  IntegerDivision division;
  division.length = prefixes.length + 1 + AddressLength(address);
  if (division.length > kLongest) return std::nullopt;
  division.operand_bytes = opcode == 0xF6 ? 1 : prefixes.wide ? 8 : prefixes.operand_size ? 2 : 4;
  return division;
}

}  // namespace moorage::runtime

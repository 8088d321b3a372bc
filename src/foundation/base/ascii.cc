#include "foundation/base/ascii.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace moorage::base {
namespace {

constexpr std::uint64_t kEach = 0x0101010101010101;  // one in each of eight bytes

std::uint64_t Load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// Compares eight characters at a time (SIMD within a register). They may differ in bit 0x20 where
// `lower`, which is ASCII, has a letter.
bool SameWord(std::uint64_t text, std::uint64_t lower) {
  // Each sum sets the top bit of a byte that is at least 'a', or above 'z'. No sum carries into the
  // next byte, because ASCII is below 0x80.
  const std::uint64_t from_a = lower + kEach * (0x80 - 'a');
  const std::uint64_t above_z = lower + kEach * (0x80 - 'z' - 1);
  const std::uint64_t letters = from_a & ~above_z & (kEach * 0x80);
  return ((text ^ lower) & ~(letters >> 2U)) == 0;
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return ToLower(c); });
  return lower;
}

bool EqualsIgnoreCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  const std::size_t size = text.size();
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i) {
      if (ToLower(text[i]) != lower[i]) return false;
    }
    return true;
  }
  // The last word may overlap the one before it, so no tail of single characters is left.
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    if (!SameWord(Load(text.data() + at), Load(lower.data() + at))) return false;
  }
  return SameWord(Load(text.data() + size - 8), Load(lower.data() + size - 8));
}

std::string_view FirstCharacters(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return text;
  const auto continues = [text](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  // A character has at most 3 continuation bytes (RFC 3629), so text that is no UTF-8 loses no more
  // than these.
  std::size_t end = longest;
  while (end > 0 && longest - end < 3 && continues(end)) --end;
  return text.substr(0, continues(end) ? longest : end);
}

std::string Excerpt(std::string_view text, std::size_t longest) {
  std::string excerpt(FirstCharacters(text, longest));
  if (text.size() > longest) excerpt += "...";
  return excerpt;
}

std::string QuotedExcerpt(std::string_view text, std::size_t longest) {
  std::string quoted = "'" + Excerpt(text, longest) + "'";
  std::ranges::replace_if(quoted, IsControl, '?');
  return quoted;
}

}  // namespace moorage::base

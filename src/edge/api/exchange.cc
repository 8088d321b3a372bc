#include "edge/api/exchange.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace moorage::api {
namespace {

constexpr std::uint64_t kEach = 0x0101010101010101;  // one in each of eight bytes

std::uint64_t Load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// Eight characters at a time: they may differ in bit 0x20 where `lower`, which is ASCII, has a
// letter.
bool SameWord(std::uint64_t text, std::uint64_t lower) {
  const std::uint64_t from_a = lower + kEach * (0x80 - 'a');
  const std::uint64_t above_z = lower + kEach * (0x80 - 'z' - 1);
  const std::uint64_t letters = from_a & ~above_z & (kEach * 0x80);
  return ((text ^ lower) & ~(letters >> 2U)) == 0;
}

}  // namespace

bool EqualsWithoutCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  const std::size_t size = text.size();
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i) {
      if (Lower(text[i]) != lower[i]) return false;
    }
    return true;
  }
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    if (!SameWord(Load(text.data() + at), Load(lower.data() + at))) return false;
  }
  return SameWord(Load(text.data() + size - 8), Load(lower.data() + size - 8));
}

std::optional<std::string_view> Request::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (EqualsWithoutCase(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::string_view Name(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      break;
  }
  return "OTHER";
}

Method ParseMethod(std::string_view name) {
  for (const Method method : {Method::kPost, Method::kGet, Method::kHead, Method::kPut,
                              Method::kPatch, Method::kDelete, Method::kOptions}) {
    if (Name(method) == name) return method;
  }
  return Method::kOther;
}

}  // namespace moorage::api

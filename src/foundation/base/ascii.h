#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// ASCII text as protocols and formats define it, whatever the locale. Pure functions. Bytes outside
// ASCII are never letters, digits or blanks, and no function changes them.
namespace moorage::base {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsLetter(char c) { return IsLower(c) || IsUpper(c); }
// Below 0x20, or DEL.
constexpr bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

constexpr char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c | 0x20) : c; }
constexpr char ToUpper(char c) { return IsLower(c) ? static_cast<char>(c & ~0x20) : c; }
std::string ToLower(std::string_view text);

// The value of a hexadecimal digit of either case, or -1 for any other character.
constexpr int HexDigitValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = ToLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// True if `text` equals `lower`, which is in lower case, whatever the case of the letters of
// `text`.
bool EqualsIgnoreCase(std::string_view text, std::string_view lower);

// Without the spaces and tabs at both ends.
constexpr std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The first characters of `text` that fit into `longest` bytes. A character of UTF-8 is never cut
// in two. Bytes that are no UTF-8 count as characters of one byte.
std::string_view FirstCharacters(std::string_view text, std::size_t longest);

// FirstCharacters(), then "..." if that is not all. For messages that quote what a caller sent.
std::string Excerpt(std::string_view text, std::size_t longest = 120);

// The same between single quotes, with '?' for each control character.
std::string QuotedExcerpt(std::string_view text, std::size_t longest = 120);

}  // namespace moorage::base

#include "foundation/telemetry/log/redact.h"

#include <algorithm>
#include <cstddef>

namespace moorage::telemetry {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxUnlike = 16;

// Decodes nothing, but checks that the bytes are well formed (Unicode 15, table 3-7).
bool IsUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) {
      return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const auto trails = [&](std::size_t count) {
      for (std::size_t i = 1; i <= count; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return false;
      }
      return true;
    };
    const unsigned first = byte(0);
    const unsigned second = byte(1);
    if (first < 0x80) {
      at += 1;
    } else if (first >= 0xC2 && first <= 0xDF && trails(1)) {
      at += 2;
    } else if (first >= 0xE0 && first <= 0xEF && trails(2) && !(first == 0xE0 && second < 0xA0) &&
               !(first == 0xED && second > 0x9F)) {
      at += 3;
    } else if (first >= 0xF0 && first <= 0xF4 && trails(3) && !(first == 0xF0 && second < 0x90) &&
               !(first == 0xF4 && second > 0x8F)) {
      at += 4;
    } else {
      return false;
    }
  }
  return true;
}

// True if `text` begins with what may follow a backslash.
bool IsEscape(std::string_view text) {
  if (text.front() != 'u') return std::string_view("\"\\/bfnrt").find(text.front()) != text.npos;
  if (text.size() < 5) return false;
  return text.substr(1, 4).find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

// A recursive descent parser, bounded by kMaxDepth. Reads a document once and writes its structure.
// Checks the grammar of RFC 8259 as far as the output depends on it. Numbers are taken by their
// characters.
class Redactor {
 public:
  explicit Redactor(std::string_view json) : rest_(json) {}

  std::optional<std::string> Run() {
    std::string to;
    if (!Value(to, 0)) return std::nullopt;
    SkipSpace();
    if (!rest_.empty()) return std::nullopt;
    return to;
  }

 private:
  void SkipSpace() {
    while (!rest_.empty() &&
           std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }
  bool Take(char c) {
    SkipSpace();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool TakeWord(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  // The characters between the quotes, escapes as they stand.
  std::optional<std::string_view> TakeString() {
    if (!Take('"')) return std::nullopt;
    for (std::size_t at = 0; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (static_cast<unsigned char>(c) < 0x20) return std::nullopt;
      if (c == '\\') {
        ++at;
        if (at == rest_.size() || !IsEscape(rest_.substr(at))) return std::nullopt;
      } else if (c == '"') {
        const std::string_view text = rest_.substr(0, at);
        rest_.remove_prefix(at + 1);
        return text;
      }
    }
    return std::nullopt;
  }

  bool Value(std::string& to, int depth) {
    if (depth > kMaxDepth) return false;
    SkipSpace();
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
        return Object(to, depth);
      case '[':
        return Array(to, depth);
      case '"':
        to += "\"string\"";
        return TakeString().has_value();
      case 't':
        to += "\"boolean\"";
        return TakeWord("true");
      case 'f':
        to += "\"boolean\"";
        return TakeWord("false");
      case 'n':
        to += "\"null\"";
        return TakeWord("null");
      default:
        to += "\"number\"";
        return Number();
    }
  }

  bool Number() {
    const std::size_t end = rest_.find_first_not_of("+-.0123456789eE");
    const std::size_t size = end == std::string_view::npos ? rest_.size() : end;
    rest_.remove_prefix(size);
    return size > 0;
  }

  bool Object(std::string& to, int depth) {
    Take('{');
    to += '{';
    if (Take('}')) {
      to += '}';
      return true;
    }
    do {
      const auto name = TakeString();
      if (!name || !Take(':')) return false;
      // The name keeps its escapes, so it is a JSON string again.
      to += to.back() == '{' ? "\"" : ",\"";
      to += *name;
      to += "\":";
      if (!Value(to, depth + 1)) return false;
    } while (Take(','));
    to += '}';
    return Take('}');
  }

  bool Array(std::string& to, int depth) {
    Take('[');
    if (Take(']')) {
      to += "{\"array\":0}";
      return true;
    }
    std::string first;
    std::string unlike;  // the elements so far once one differs from the first
    std::string element;
    std::size_t count = 0;
    do {
      element.clear();
      if (!Value(element, depth + 1)) return false;
      if (count == 0) first = element;
      // Elements are alike if their structures have the same text. The list begins at the first
      // that differs, because arrays of features hold thousands of equal ones.
      if (unlike.empty() && element != first) {
        for (std::size_t i = 0; i < std::min(count, kMaxUnlike - 1); ++i) unlike += first + ",";
        unlike += element;
      } else if (!unlike.empty() && count < kMaxUnlike) {
        unlike += "," + element;
      }
      ++count;
    } while (Take(','));
    if (!Take(']')) return false;
    to += "{\"array\":" + std::to_string(count) + ",\"of\":";
    to += unlike.empty() ? first : "[" + unlike + "]";
    to += '}';
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::string> RedactJson(std::string_view json) {
  if (!IsUtf8(json)) return std::nullopt;
  return Redactor(json).Run();
}

}  // namespace moorage::telemetry

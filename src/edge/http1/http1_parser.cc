#include "edge/http1/http1_parser.h"

#include <algorithm>
#include <cstring>

#include "foundation/base/ascii.h"

namespace moorage::http1 {
namespace {

using Error = std::optional<FramingError>;
using CharacterSet = std::array<bool, 256>;

constexpr CharacterSet MakeSet(std::string_view extra) {
  CharacterSet set{};
  for (unsigned c = '0'; c <= '9'; ++c) set[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) set[c] = set[c - 32] = true;
  for (const char c : extra) set[static_cast<unsigned char>(c)] = true;
  return set;
}

constexpr CharacterSet MakeFieldSet() {
  CharacterSet set{};
  for (std::size_t c = 0x20; c < 256; ++c) set[c] = c != 0x7F;
  set['\t'] = true;
  return set;
}

constexpr CharacterSet MakeTargetSet() {
  CharacterSet set{};
  for (std::size_t c = 0x21; c < 0x7F; ++c) set[c] = c != '#';
  return set;
}

constexpr CharacterSet kToken = MakeSet("!#$%&'*+-.^_`|~");     // RFC 9110, 5.6.2
constexpr CharacterSet kHost = MakeSet("-._~!$&'()*+,;=:[]%");  // RFC 3986, 3.2.2 and a port
constexpr CharacterSet kField = MakeFieldSet();                 // RFC 9110, 5.5
constexpr CharacterSet kTarget = MakeTargetSet();

bool In(const CharacterSet& set, char c) { return set[static_cast<unsigned char>(c)]; }

std::size_t SpanOf(const CharacterSet& set, std::string_view text) {
  std::size_t at = 0;
  // Four at a time, because nearly every byte of a head is in its set.
  const auto all_in = [&](const char* four) {
    return (In(set, four[0]) & In(set, four[1]) & In(set, four[2]) & In(set, four[3])) != 0;
  };
  while (text.size() - at >= 4 && all_in(text.data() + at)) at += 4;
  while (at < text.size() && In(set, text[at])) ++at;
  return at;
}

bool AllIn(const CharacterSet& set, std::string_view text) {
  return SpanOf(set, text) == text.size();
}

// Returns true if every byte may stand in a field value. Tests eight bytes at a time (SWAR) and
// falls back to the table at the first word that may hold a control character.
bool IsFieldValue(std::string_view text) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  const auto may_hold_control = [](const char* eight) {
    std::uint64_t word = 0;
    std::memcpy(&word, eight, sizeof(word));
    const std::uint64_t del = word ^ (kEach * 0x7F);
    const std::uint64_t below_space = (word - kEach * 0x20) & ~word;
    const std::uint64_t is_del = (del - kEach) & ~del;
    return ((below_space | is_del) & (kEach * 0x80)) != 0;
  };
  if (text.size() < 8) return AllIn(kField, text);
  // The last word overlaps the one before, so that no byte is tested alone.
  const char* const last = text.data() + text.size() - 8;
  for (const char* at = text.data(); at < last; at += 8) {
    if (may_hold_control(at)) return AllIn(kField, text);
  }
  return !may_hold_control(last) || AllIn(kField, text);
}

// Returns true if the comma-separated list has this element, case-insensitive.
bool HasToken(std::string_view list, std::string_view lower) {
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (base::EqualsIgnoreCase(base::TrimBlanks(list.substr(0, comma)), lower)) return true;
    if (comma == list.size()) return false;
    list.remove_prefix(comma + 1);
  }
}

constexpr FramingError kBadLine{400, "the header block holds a bare CR or LF"};
constexpr FramingError kBadRequestLine{400, "the request line is malformed"};
constexpr FramingError kTargetTooLong{414, "the request target is longer than the server accepts"};
constexpr FramingError kHeadTooLarge{431, "the header block is larger than the server accepts"};

}  // namespace

Http1Parser::Scan Http1Parser::FindEnd(std::string_view bytes, const Limits& limits,
                                       Progress& progress) {
  // Bytes of another protocol, such as a TLS handshake, are refused at once instead of after a
  // timeout.
  if (!bytes.empty() && !In(kToken, bytes.front())) return {0, kBadRequestLine};
  const std::string_view window = bytes.substr(0, limits.head_bytes);
  const std::size_t longest_first_line = limits.target_bytes + 48;  // method, version, spaces
  while (progress.line < window.size()) {
    const char* start = window.data() + progress.line;
    const void* found = std::memchr(start, '\n', window.size() - progress.line);
    if (found == nullptr) break;
    const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - start);
    // Checked before the whole head is there, because a longer target cannot become valid.
    if (progress.line == 0 && length > longest_first_line) return {0, kTargetTooLong};
    // A reader that takes a bare LF for the end of a line would see other headers (RFC 9112, 2.2).
    if (length == 0 || start[length - 1] != '\r') return {0, kBadLine};
    progress.line += length + 1;
    if (length == 1) return {progress.line, std::nullopt};
  }
  if (progress.line == 0 && window.size() > longest_first_line) return {0, kTargetTooLong};
  if (bytes.size() >= limits.head_bytes) return {0, kHeadTooLarge};
  return {};
}

Error Http1Parser::Parse(std::string_view head) {
  head_ = {};
  header_count_ = hosts_ = encodings_ = 0;
  has_close_ = has_keep_alive_ = false;
  const std::size_t line = head.find("\r\n");
  if (line == std::string_view::npos) return kBadRequestLine;
  if (Error error = ParseRequestLine(head.substr(0, line))) return error;
  head.remove_prefix(line + 2);
  while (true) {
    // Field values may not hold CR or LF, so the first one ends the line.
    const void* found = std::memchr(head.data(), '\r', head.size());
    if (found == nullptr) return kBadLine;
    const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - head.data());
    if (length + 1 >= head.size() || head[length + 1] != '\n') return kBadLine;
    if (length == 0) break;
    if (Error error = ParseHeader(head.substr(0, length))) return error;
    head.remove_prefix(length + 2);
  }
  head_.headers = {headers_.data(), header_count_};
  head_.keep_alive = !has_close_ && (head_.minor_version == 1 || has_keep_alive_);
  return CheckFraming();
}

Error Http1Parser::ParseRequestLine(std::string_view line) {
  const std::size_t method = SpanOf(kToken, line);
  if (method == 0 || method > 32 || method == line.size() || line[method] != ' ') {
    return kBadRequestLine;
  }
  head_.method_text = line.substr(0, method);
  head_.method = api::ParseMethod(head_.method_text);
  line.remove_prefix(method + 1);
  const std::size_t target = SpanOf(kTarget, line);
  if (target > limits_.target_bytes) return kTargetTooLong;
  if (target == 0 || target == line.size() || line[target] != ' ') return kBadRequestLine;
  const std::string_view version = line.substr(target + 1);
  constexpr std::string_view kProtocol = "HTTP/";
  const auto digit = [&](std::size_t at) { return base::IsDigit(version[at]); };
  if (version.size() != 8 || !version.starts_with(kProtocol) || version[6] != '.' || !digit(5) ||
      !digit(7)) {
    return kBadRequestLine;
  }
  if (version[5] != '1' || version[7] > '1') {
    return FramingError{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  head_.minor_version = version[7] - '0';
  return ParseTarget(line.substr(0, target));
}

Error Http1Parser::ParseTarget(std::string_view target) {
  // The absolute form is for proxies, but a server must take it (RFC 9112, 3.2.2). "*" is for
  // OPTIONS only (3.2.4).
  if (target.front() != '/') {
    if (target == "*" && head_.method == api::Method::kOptions) {
      head_.path = target;
      return std::nullopt;
    }
    const std::size_t scheme = target.find("://");
    const bool is_http = scheme != std::string_view::npos &&
                         (base::EqualsIgnoreCase(target.substr(0, scheme), "http") ||
                          base::EqualsIgnoreCase(target.substr(0, scheme), "https"));
    if (!is_http) return FramingError{400, "the request target is neither a path nor a URL"};
    target.remove_prefix(scheme + 3);
    const std::size_t authority = std::min(target.find_first_of("/?"), target.size());
    if (authority == 0 || !AllIn(kHost, target.substr(0, authority))) {
      return FramingError{400, "the URL of the request line has no proper host"};
    }
    target.remove_prefix(authority);
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  if (question < target.size()) head_.query = target.substr(question + 1);
  const std::string_view path = target.substr(0, question);
  if (path.empty()) {
    head_.path = "/";
    return std::nullopt;
  }
  if (path.find('%') != std::string_view::npos) return DecodePath(path);
  head_.path = path;
  return std::nullopt;
}

Error Http1Parser::DecodePath(std::string_view path) {
  decoded_.clear();
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] != '%') {
      decoded_ += path[at];
      continue;
    }
    const int high = at + 2 < path.size() ? base::HexDigitValue(path[at + 1]) : -1;
    const int low = at + 2 < path.size() ? base::HexDigitValue(path[at + 2]) : -1;
    if (high < 0 || low < 0) return FramingError{400, "the path holds a malformed %-escape"};
    const char c = static_cast<char>(high * 16 + low);
    if (c == '\0') return FramingError{400, "the path holds a zero byte"};
    // An encoded slash is data of a segment and must not become a separator, so it stays encoded.
    if (c == '/') {
      decoded_ += path.substr(at, 3);
    } else {
      decoded_ += c;
    }
    at += 2;
  }
  head_.path = decoded_;
  return std::nullopt;
}

Error Http1Parser::ParseHeader(std::string_view line) {
  const std::size_t name = SpanOf(kToken, line);
  // Space before the colon is refused here too, since a proxy may read the name with or without it
  // (RFC 9112, 5.1).
  if (name == 0 || name == line.size() || line[name] != ':') {
    return FramingError{400, "a header line is malformed"};
  }
  const std::string_view value = base::TrimBlanks(line.substr(name + 1));
  if (!IsFieldValue(value)) {
    return FramingError{400, "a header value holds a control character"};
  }
  if (header_count_ == kMaxHeaders) return kHeadTooLarge;
  headers_[header_count_++] = {line.substr(0, name), value};
  return TakeFramingHeader(line.substr(0, name), value);
}

Error Http1Parser::TakeFramingHeader(std::string_view name, std::string_view value) {
  // Most headers are dismissed by their length, without a comparison.
  switch (name.size()) {
    case 4:
      if (!base::EqualsIgnoreCase(name, "host")) return std::nullopt;
      if (++hosts_ > 1) return FramingError{400, "there is more than one Host header"};
      if (!AllIn(kHost, value)) return FramingError{400, "the Host header is malformed"};
      return std::nullopt;
    case 6:
      if (!base::EqualsIgnoreCase(name, "expect")) return std::nullopt;
      if (!base::EqualsIgnoreCase(value, "100-continue")) {
        return FramingError{417, "the only expectation understood is 100-continue"};
      }
      // A client of HTTP/1.0 cannot read an interim answer (RFC 9110, 10.1.1).
      head_.expects_continue = head_.minor_version == 1;
      return std::nullopt;
    case 10:
      if (!base::EqualsIgnoreCase(name, "connection")) return std::nullopt;
      has_close_ = has_close_ || HasToken(value, "close");
      has_keep_alive_ = has_keep_alive_ || HasToken(value, "keep-alive");
      return std::nullopt;
    case 14: {
      if (!base::EqualsIgnoreCase(name, "content-length")) return std::nullopt;
      // Two lengths, or one beside chunks, are how a request is smuggled past a proxy (RFC 9112,
      // 6.3 and 11.2).
      if (head_.content_length.has_value()) {
        return FramingError{400, "there is more than one Content-Length header"};
      }
      constexpr std::uint64_t kHuge = UINT64_MAX / 10;
      std::uint64_t length = 0;
      for (const char c : value) {
        if (c < '0' || c > '9') return FramingError{400, "Content-Length is not a number"};
        const auto digit = static_cast<std::uint64_t>(c - '0');
        // Saturates, so that a length beyond 64 bits is too large (413) and does not wrap to a
        // small one.
        length = length >= kHuge ? UINT64_MAX : length * 10 + digit;
      }
      if (value.empty()) return FramingError{400, "Content-Length is not a number"};
      head_.content_length = length;
      return std::nullopt;
    }
    case 17:
      if (!base::EqualsIgnoreCase(name, "transfer-encoding")) return std::nullopt;
      if (++encodings_ > 1) {
        return FramingError{400, "there is more than one Transfer-Encoding header"};
      }
      head_.chunked = base::EqualsIgnoreCase(value, "chunked");
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

Error Http1Parser::CheckFraming() const {
  if (hosts_ == 0 && head_.minor_version == 1) {
    return FramingError{400, "the Host header is missing"};
  }
  if (encodings_ == 0) return std::nullopt;
  if (head_.content_length.has_value()) {
    return FramingError{400, "Content-Length and Transfer-Encoding exclude each other"};
  }
  if (head_.minor_version == 0) return FramingError{400, "HTTP/1.0 has no Transfer-Encoding"};
  if (!head_.chunked) {
    return FramingError{501, "the only transfer encoding understood is chunked"};
  }
  return std::nullopt;
}

}  // namespace moorage::http1

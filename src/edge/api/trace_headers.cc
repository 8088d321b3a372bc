#include "edge/api/trace_headers.h"

#include <algorithm>
#include <charconv>

#include "foundation/base/hex.h"

namespace moorage::api {
namespace {

// An id of zeros only is invalid (W3C Trace Context, traceparent).
bool IsHexId(std::string_view text) {
  return base::IsLowerHex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

bool IsRequestId(std::string_view text) {
  // The id goes into logs and into a header of the answer, so it must be short and without control
  // characters.
  return !text.empty() && text.size() <= 128 &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

bool IsTraceParent(std::string_view text) {
  constexpr std::size_t kLength = 55;
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2);
  // Version ff is forbidden. Version 00 has exactly this length, and a later one may have more
  // after another dash (W3C Trace Context, traceparent).
  if (!base::IsLowerHex(version) || version == "ff") return false;
  if (version == "00" ? text.size() != kLength : text.size() > kLength && text[kLength] != '-') {
    return false;
  }
  return IsHexId(text.substr(3, 32)) && IsHexId(text.substr(36, 16)) &&
         base::IsLowerHex(text.substr(53, 2));
}

RequestIds::RequestIds(base::Random& random) : prefix_(base::RandomHex(random, 6) + "-") {}

void RequestIds::AssignTo(std::string& id) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof(digits), next_++, 16).ptr;
  id.assign(prefix_).append(digits, end);
}

}  // namespace moorage::api

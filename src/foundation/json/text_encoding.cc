#include "foundation/json/text_encoding.h"

namespace moorage::json {

const char* EncodingProblem(std::string_view text) {
  constexpr const char* kUtf16 = "the text is UTF-16 or UTF-32, and JSON is UTF-8";
  if (text.starts_with("\xEF\xBB\xBF")) {
    return "a byte order mark is not allowed; send UTF-8 without it";
  }
  if (text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE")) return kUtf16;
  // JSON begins with an ASCII character, so without a mark a zero byte stands beside it.
  const std::string_view start = text.substr(0, 2);
  return start.find('\0') != std::string_view::npos ? kUtf16 : nullptr;
}

}  // namespace moorage::json

#include "edge/api/media_type.h"

#include <algorithm>
#include <cstddef>

#include "edge/api/exchange.h"
#include "foundation/base/ascii.h"

namespace moorage::api {
namespace {

std::string_view TakeUntil(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view taken = base::TrimBlanks(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

bool IsJsonType(std::string_view type, JsonTypes types) {
  constexpr std::string_view kSuffix = "+json";
  if (base::EqualsIgnoreCase(type, "application/json")) return true;
  if (types == JsonTypes::kCustomary &&
      (base::EqualsIgnoreCase(type, "text/json") ||
       base::EqualsIgnoreCase(type, "application/x-www-form-urlencoded"))) {
    return true;
  }
  return type.size() > kSuffix.size() && type.find('/') != std::string_view::npos &&
         base::EqualsIgnoreCase(type.substr(type.size() - kSuffix.size()), kSuffix);
}

}  // namespace

bool IsJsonInUtf8(std::string_view content_type, JsonTypes types) {
  // What nearly every client sends is decided by one comparison.
  if (content_type == "application/json") return true;
  if (!IsJsonType(TakeUntil(content_type, ';'), types)) return false;
  while (!content_type.empty()) {
    std::string_view parameter = TakeUntil(content_type, ';');
    const std::string_view name = TakeUntil(parameter, '=');
    if (!base::EqualsIgnoreCase(name, "charset")) continue;
    if (parameter.size() >= 2 && parameter.starts_with('"') && parameter.ends_with('"')) {
      parameter = parameter.substr(1, parameter.size() - 2);
    }
    if (!base::EqualsIgnoreCase(parameter, "utf-8") && !base::EqualsIgnoreCase(parameter, "utf8")) {
      return false;
    }
  }
  return true;
}

bool IsForm(std::string_view content_type) {
  return base::EqualsIgnoreCase(TakeUntil(content_type, ';'), "multipart/form-data");
}

std::string RefusedFormType(std::string_view content_type) {
  const std::string came = content_type.empty()
                               ? "has no Content-Type"
                               : "is announced as " + base::QuotedExcerpt(content_type);
  return "this endpoint reads JSON in UTF-8 or a form, and the body " + came +
         "; send the header Content-Type: application/json, or multipart/form-data with its "
         "boundary";
}

std::string RefusedType(std::string_view content_type) {
  return "this endpoint reads JSON in UTF-8, and the body is announced as " +
         base::QuotedExcerpt(content_type) + "; send the header Content-Type: application/json";
}

}  // namespace moorage::api

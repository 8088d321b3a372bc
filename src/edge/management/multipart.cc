#include "edge/management/multipart.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "edge/api/exchange.h"
#include "foundation/base/ascii.h"

namespace moorage::management_http {

namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr std::size_t kMaxParts = 64;
constexpr std::size_t kMaxPartHeaders = 4096;
constexpr std::size_t kMaxBoundary = 70;  // RFC 2046, section 5.1.1

Error Malformed(std::string why) {
  return Error{Code::kInvalid, "multipart body: " + why, {{"body", std::move(why)}}};
}

// The value of parameter `name` in `form-data; name="x"; filename="y"`. The value is quoted or a
// token. Inside quotes a backslash protects the next character, as browsers and curl write it.
std::optional<std::string> Parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos) {
    std::string_view rest = base::TrimBlanks(header.substr(at + 1));
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = base::TrimBlanks(rest.substr(0, equals));
    rest = base::TrimBlanks(rest.substr(equals + 1));
    std::string value;
    std::size_t used = 0;
    if (rest.starts_with('"')) {
      for (used = 1; used < rest.size() && rest[used] != '"'; ++used) {
        if (rest[used] == '\\' && used + 1 < rest.size()) ++used;
        value.push_back(rest[used]);
      }
      if (used == rest.size()) return std::nullopt;  // the quote is never closed
      ++used;
    } else {
      used = std::min(rest.find(';'), rest.size());
      value = base::TrimBlanks(rest.substr(0, used));
    }
    if (base::EqualsIgnoreCase(key, name)) return value;
    header = rest;
    at = rest.find(';', used);
  }
  return std::nullopt;
}

// The value of header `name` (lower case) in a part's block of headers.
std::optional<std::string_view> FindHeader(std::string_view block, std::string_view name) {
  while (!block.empty()) {
    const std::size_t end = std::min(block.find("\r\n"), block.size());
    const std::string_view line = block.substr(0, end);
    block.remove_prefix(std::min(end + 2, block.size()));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos &&
        base::EqualsIgnoreCase(base::TrimBlanks(line.substr(0, colon)), name)) {
      return base::TrimBlanks(line.substr(colon + 1));
    }
  }
  return std::nullopt;
}

Result<model::ApiPart> PartOf(std::string_view headers, std::string_view bytes) {
  const auto disposition = FindHeader(headers, "content-disposition");
  if (!disposition ||
      !base::EqualsIgnoreCase(base::TrimBlanks(disposition->substr(0, disposition->find(';'))),
                              "form-data")) {
    return Malformed("a part without Content-Disposition: form-data");
  }
  const auto name = Parameter(*disposition, "name");
  if (!name || name->empty()) return Malformed("a part without a name");
  std::string file = Parameter(*disposition, "filename").value_or("");
  // Some clients send a path. Only its last part is the name, and a path must not reach the file
  // system (RFC 7578, 4.2).
  file.erase(0, file.find_last_of("/\\") + 1);
  return model::ApiPart{*name, std::move(file), std::string(bytes)};
}

}  // namespace

Result<std::vector<model::ApiPart>> ParseMultipart(std::string_view content_type,
                                                   std::string_view body) {
  const auto boundary = Parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) {
    return Malformed("Content-Type names no usable boundary");
  }
  const std::string delimiter = "--" + *boundary;
  if (!body.starts_with(delimiter)) return Malformed("does not begin with its boundary");
  std::string_view rest = body.substr(delimiter.size());
  std::vector<model::ApiPart> parts;
  while (!rest.starts_with("--")) {
    if (!rest.starts_with("\r\n")) return Malformed("a boundary that does not end its line");
    rest.remove_prefix(2);
    const std::size_t headers = rest.find("\r\n\r\n");
    if (headers == std::string_view::npos || headers > kMaxPartHeaders) {
      return Malformed("a part whose headers do not end");
    }
    // The break before the delimiter belongs to the delimiter (RFC 2046, 5.1.1). In an empty part
    // it is the break that ends the headers.
    const std::size_t end = rest.find("\r\n" + delimiter, headers + 2);
    if (end == std::string_view::npos) return Malformed("ends before its closing boundary");
    const std::size_t start = std::min(headers + 4, end);
    ASSIGN_OR_RETURN(model::ApiPart part,
                     PartOf(rest.substr(0, headers), rest.substr(start, end - start)));
    const auto same = [&](const model::ApiPart& other) {
      return other.name == part.name && other.filename == part.filename;
    };
    if (std::any_of(parts.begin(), parts.end(), same)) {
      return Malformed("part '" + part.name + "' given twice");
    }
    if (parts.size() == kMaxParts) return Malformed("too many parts");
    parts.push_back(std::move(part));
    rest.remove_prefix(end + 2 + delimiter.size());
  }
  rest.remove_prefix(2);
  if (!rest.empty() && rest != "\r\n") return Malformed("text behind its closing boundary");
  return parts;
}

}  // namespace moorage::management_http

// Any bytes as a Content-Type (the first line) and a multipart body (the rest): never a crash,
// never more parts than promised, never a file name with a directory, and every part's bytes come
// from the body.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "edge/management/multipart.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Try(std::string_view type, std::string_view body) {
  const auto parts = moorage::management_http::ParseMultipart(type, body);
  if (!parts.ok()) return Require(!parts.error().message.empty());
  Require(parts->size() <= 64);
  std::size_t bytes = 0;
  for (const auto& part : *parts) {
    Require(!part.name.empty());
    Require(part.filename.find_first_of("/\\") == std::string::npos);
    Require(body.find(part.bytes) != std::string_view::npos);
    bytes += part.bytes.size();
  }
  Require(bytes <= body.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::string_view type = std::string_view(text).substr(0, line);
  const std::string_view body = std::string_view(text).substr(std::min(line + 1, text.size()));
  Try(type, body);
  Try("multipart/form-data; boundary=XX", body);
  return 0;
}

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "foundation/model/model_ref.h"

// What parses is written in one form, which parses to the same; names never hold what a path, a URL
// or a log line could misread.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto ref = moorage::model::ParseModelRef(text);
  if (!ref.ok()) {
    for (const char c : ref.error().message) {
      if (static_cast<unsigned char>(c) < 0x20) std::abort();
    }
    return 0;
  }
  const auto formatted = Format(*ref);
  if (formatted.find_first_of("/\\ \n\r\t%?#") != std::string_view::npos) std::abort();
  const auto again = moorage::model::ParseModelRef(formatted);
  if (!again.ok() || Format(*again) != formatted || again->name != ref->name) std::abort();
  return 0;
}

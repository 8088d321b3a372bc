#pragma once

// Many short numbers at once, for the hot path.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace moorage::json {

// What comes before the elements of an array that are to be read.
enum class ArrayPlace : std::uint8_t {
  kAtFirstElement,  // nothing
  kBehindElement,   // a comma, before each element
};

struct ScannedFloats {
  std::size_t count = 0;
  const char* end = nullptr;  // behind the last one
};

// Reads array elements from the front of `text` into `out`, as long as each is a short plain
// decimal. That is one with at most 7 digits before the point, at most 8 after it, and no exponent.
// Stops before the first element that is not. Each value is the one that ScanNumber() gives, as a
// float. Pure.
ScannedFloats ScanShortFloats(std::string_view text, ArrayPlace place, float* out,
                              std::size_t capacity);

}  // namespace moorage::json

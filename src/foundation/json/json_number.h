#pragma once

#include <cstdint>
#include <string_view>

namespace moorage::json {

// A JSON number as it was written. Integers within 64 bits stay integers, so that the reader can
// decide whether they fit. So does a whole number from 2^53 on that is written with a fraction or
// an exponent, because a double need not hold it.
struct JsonNumber {
  enum class Kind : std::uint8_t {
    kInteger,   // fits int64
    kUnsigned,  // fits uint64, not int64
    kDouble,    // the nearest double of any other number
    kTooLarge,  // a magnitude beyond the largest double
  };
  Kind kind = Kind::kInteger;
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double real = 0;
};

// Whether the words NaN, Infinity and -Infinity are numbers. JSON does not allow them, but clients
// of the Open Inference Protocol write them.
enum class NonFiniteWords : std::uint8_t { kRefuse, kAccept };

struct ScannedNumber {
  JsonNumber number;
  const char* end = nullptr;      // behind the number, or at the mistake
  const char* problem = nullptr;  // a sentence fragment, or null if the text begins with a number
};

// Reads the number at the front of `text`, which begins without white space. Pure.
ScannedNumber ScanNumber(std::string_view text, NonFiniteWords words);

}  // namespace moorage::json

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace moorage::base {

// Lower-case hexadecimal, two characters a byte.
std::string Hex(std::span<const std::byte> bytes);

// True if `text` is made of 0-9 and a-f only.
bool IsLowerHex(std::string_view text);

}  // namespace moorage::base

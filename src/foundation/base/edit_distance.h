#pragma once

#include <cstddef>
#include <string_view>

namespace moorage::base {

// The smallest number of bytes inserted, removed or replaced that makes `b` of `a` (V.
// Levenshtein). For suggestions after a typo. Takes time in proportion to the product of the
// lengths, so callers must bound the length of untrusted text.
std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace moorage::base

#pragma once

#include <cstddef>
#include <string_view>

namespace moorage::base {

// The smallest number of bytes inserted, removed or replaced that makes `b` of `a` (V.
// Levenshtein). For suggestions after a typo: its time is the product of the lengths, so bound what
// strangers send.
std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace moorage::base

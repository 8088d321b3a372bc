#pragma once

// Which requests a reactor serves itself.

#include <cstddef>
#include <string_view>

#include "domain/serving/servable/servable.h"

namespace moorage::inference {

// Text that is decoded in about 1 ms, whatever it holds.
inline constexpr std::size_t kMostText = std::size_t{128} << 10U;
// Numbers and names of an answer that are written in about 1 ms.
inline constexpr std::size_t kMostWritten = 8192;

// True if decoding this body and writing its answer takes at most about 1 ms, so that no other
// client of the reactor waits longer. The rows are estimated from the commas of the body and the
// answer from the signature. A dimension that the signature leaves open counts as 1.
bool FitsReactor(std::string_view body, const servable::Servable& servable);

}  // namespace moorage::inference

#pragma once

// The side of a worker program: its input on the standard input, its answer on the standard output.
// Nothing else in such a program writes there. One thread.

#include <cstddef>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::worker {

// Reads until the parent has sent all. Returns kExhausted for more than max_bytes.
base::Result<std::string> ReadInput(std::size_t max_bytes);
// Returns kCancelled if the parent does not read.
base::Status WriteAnswer(std::string_view answer);

}  // namespace moorage::worker

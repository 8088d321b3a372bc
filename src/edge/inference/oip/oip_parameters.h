#pragma once

// The "parameters" of an infer request and of its tensors.

#include <cstdint>
#include <optional>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json_cursor.h"

namespace moorage::inference {

enum class ParametersOf : std::uint8_t { kRequest, kTensor };

// What the parameters of a request ask for.
struct OipParameters {
  // From the arrival of the request. Nothing if it brings no timeout of its own.
  std::optional<base::Duration> timeout;
};

// Reads an object of parameters, or null, which is the same as none.
// - "timeout" of a request is in microseconds, and 0 means none (Triton's schedule policy).
// - "priority" of a request may be 0, the default. This server has no other priority.
// - Parameters of extensions that this server lacks are refused, because ignoring them would give a
//   wrong answer. These are binary tensors, shared memory, classification and sequences.
// - Any other parameter is the client's own and is ignored, as the protocol has it.
base::Result<OipParameters> ReadOipParameters(json::JsonCursor& json, std::string_view path,
                                              ParametersOf owner);

// The timeout of a request whose parameters stand before its inputs, within the first 64 KiB of the
// body. Nothing where it is not found there or the body is wrong, which the decoder finds later.
std::optional<base::Duration> TimeoutAhead(std::string_view body);

// The deadline of a request that arrived at `start`.
inline base::Instant DeadlineOf(base::Instant start, std::optional<base::Duration> timeout) {
  return timeout ? start + *timeout : base::Instant::max();
}

}  // namespace moorage::inference

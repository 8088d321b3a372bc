#pragma once

#include <cstdint>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::model {

// What a judgement about a version comes to. Only PASS promotes. INCONCLUSIVE: too little was
// measured to say. ERROR: the question itself is broken (a metric that is not defined, a baseline
// of other data).
enum class Outcome : std::uint8_t { kPass, kFail, kInconclusive, kError };

// "PASS", "FAIL", "INCONCLUSIVE", "ERROR": in reports, in the registry and on every protocol.
std::string_view Name(Outcome outcome);
// Exactly one of these names; anything else is kInvalid.
base::Result<Outcome> ParseOutcome(std::string_view text);

}  // namespace moorage::model

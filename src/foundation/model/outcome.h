#pragma once

#include <cstdint>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::model {

// The result of a judgement over a version. Only PASS promotes. INCONCLUSIVE means that too little
// was measured. ERROR means that the question is broken, for instance by an undefined metric or a
// baseline of other data.
enum class Outcome : std::uint8_t { kPass, kFail, kInconclusive, kError };

// "PASS", "FAIL", "INCONCLUSIVE", "ERROR", in reports, in the registry and on every protocol.
std::string_view Name(Outcome outcome);
// Reads exactly one of these names. Anything else is kInvalid.
base::Result<Outcome> ParseOutcome(std::string_view text);

}  // namespace moorage::model

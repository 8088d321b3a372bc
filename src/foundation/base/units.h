#pragma once

// Bytes, durations and times as text. Exact, range-checked and without locale. Pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"

namespace moorage::base {

// "64MiB", "10MB", "512" (bytes). The units are B, KiB, MiB, GiB, TiB, kB, MB, GB and TB. No sign,
// no fraction.
Result<std::uint64_t> ParseBytes(std::string_view text);
// The shortest exact form ("64MiB", "1500B").
std::string FormatBytes(std::uint64_t bytes);

// "10s", "250ms", "1h", "30d", with the units ns, us, ms, s, m, h, d. A whole number and one unit.
Result<Duration> ParseDuration(std::string_view text);
std::string FormatDuration(Duration duration);

// ISO 8601 in UTC with milliseconds, as in "2026-01-27T01:08:12.345Z".
std::string FormatTime(Time time);
// "2026-01-27", "2026-01-27T01:08:12Z", with up to six fractional digits, 'Z' or an offset
// "+02:00". A date, and a time without an offset, is UTC.
Result<Time> ParseTime(std::string_view text);

}  // namespace moorage::base

#pragma once

// Formats records as lines. Pure functions.

#include <span>
#include <string>

#include "foundation/telemetry/log/async_log_options.h"
#include "foundation/telemetry/log/log.h"
#include "foundation/telemetry/log/log_entry.h"

namespace moorage::telemetry {

// One JSON object without a line break. It has `timestamp`, `level` and `type`, then the members of
// the type (docs/formats/log.md). Always valid JSON and UTF-8, whatever the entry holds.
std::string FormatJsonLine(const LogEntry& entry, PayloadPolicy payload);

enum class Paint : std::uint8_t { kPlain, kColours };

// One line for people, as in "2026-01-27T01:08:12.345Z INFO    serving cancer@1.0.0 model=cancer".
// Control characters of the entry are shown as spaces.
std::string FormatConsoleLine(const LogEntry& entry, Paint paint);

// Fields as further members of a JSON object (",\"model\":\"cancer\"") and as words ("
// model=cancer").
std::string FieldsAsJson(std::span<const LogField> fields);
std::string FieldsAsWords(std::span<const LogField> fields);

}  // namespace moorage::telemetry

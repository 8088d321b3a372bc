#pragma once

// A record of the log in the form that a ring holds. Plain values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/telemetry/log/log.h"

namespace moorage::telemetry {

// The texts of an entry. Server messages keep their fields twice, as members of a JSON object
// (kExtra) and as words for people (kRequest).
enum class LogText : std::uint8_t {
  kRequestId,
  kEndpoint,  // or the path
  kModel,
  kVersion,
  kRequest,
  kResponse,
  kMessage,
  kExtra,  // the error's name, the method, the fields
};
inline constexpr std::size_t kLogTexts = 8;

// Any record on its way through a ring. The views point to memory of its maker or of the ring.
struct LogEntry {
  LogType type = LogType::kServer;
  LogLevel level = LogLevel::kInfo;
  std::uint16_t code = 0;
  std::int64_t time = 0;              // microseconds since 1970
  std::int64_t duration = 0;          // nanoseconds
  std::uint32_t omitted_request = 0;  // size of a body that was too large to keep
  std::array<std::string_view, kLogTexts> texts{};

  std::string_view& text(LogText which) { return texts[static_cast<std::size_t>(which)]; }
  std::string_view text(LogText which) const { return texts[static_cast<std::size_t>(which)]; }
};

// The bytes that Encode() writes.
std::size_t EncodedSize(const LogEntry& entry);
// `to` has EncodedSize() bytes.
void Encode(const LogEntry& entry, std::span<std::byte> to);
// The views of the entry point into `from`.
LogEntry Decode(std::span<const std::byte> from);

}  // namespace moorage::telemetry

#include "foundation/telemetry/log/log.h"

#include <array>

namespace moorage::telemetry {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, kLogTypes> kTypes = {"prediction", "error", "access",
                                                            "event", "server"};

}  // namespace

std::string_view Name(LogLevel level) { return kLevels.at(static_cast<std::size_t>(level)); }

std::string_view Name(LogType type) { return kTypes.at(static_cast<std::size_t>(type)); }

std::optional<LogLevel> ParseLogLevel(std::string_view name) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels.at(i) == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

}  // namespace moorage::telemetry

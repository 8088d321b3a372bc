#include "platform/config/keys/logging_keys.h"

#include <array>
#include <utility>

#include "foundation/base/units.h"
#include "platform/config/key_values.h"

namespace moorage::config {
namespace {

using json::Json;

constexpr Words<LogLevel, 4> kLevels = {{{"debug", LogLevel::kDebug},
                                         {"info", LogLevel::kInfo},
                                         {"warning", LogLevel::kWarning},
                                         {"error", LogLevel::kError}}};
constexpr Words<PayloadPolicy, 3> kPayloads = {{{"none", PayloadPolicy::kNone},
                                                {"redacted", PayloadPolicy::kRedacted},
                                                {"full", PayloadPolicy::kFull}}};

constexpr std::array kLoggingKeys = {
    ConfigKey{"logging.level", KeyShape::kText, "one of debug, info, warning, error",
              "The least severe events that are written.",
              [](Config& c, const Json& v) { return SetWord(c.logging.level, v, kLevels); },
              [](const Config& c) { return GetWord(c.logging.level, kLevels); }},
    ConfigKey{"logging.console", KeyShape::kText, "one of text, json, none",
              "The form of the events on standard error.",
              [](Config& c, const Json& v) { return SetConsole(c.logging.console, v); },
              [](const Config& c) { return Json(c.logging.console); }},
    ConfigKey{"logging.file", KeyShape::kText, "a path without ~, or empty for no file",
              "The log file: one JSON object a line. Empty: none.",
              [](Config& c, const Json& v) { return SetPath(c.logging.file, v); },
              [](const Config& c) { return Json(c.logging.file); }},
    ConfigKey{"logging.max_size", KeyShape::kNumber,
              "a size from 64KiB to 16GiB, for instance 64MiB",
              "The size at which the log file is closed and a new one begun.",
              [](Config& c, const Json& v) {
                return SetBytes(c.logging.max_size, v, 64 * kKiB, 16 * kGiB);
              },
              [](const Config& c) { return Json(base::FormatBytes(c.logging.max_size)); }},
    ConfigKey{"logging.keep", KeyShape::kNumber, "a whole number from 1 to 1000",
              "How many closed log files are kept.",
              [](Config& c, const Json& v) { return SetCount(c.logging.keep, v, 1, 1000); },
              [](const Config& c) { return Json(c.logging.keep); }},
    ConfigKey{"logging.predictions.sample", KeyShape::kNumber, "a number from 0 to 1",
              "The share of predictions that are written to the log.",
              [](Config& c, const Json& v) { return SetShare(c.logging.predictions.sample, v); },
              [](const Config& c) { return Json(c.logging.predictions.sample); }},
    ConfigKey{"logging.predictions.payload", KeyShape::kText, "one of none, redacted, full",
              "What a logged prediction holds of the request and its answer.",
              [](Config& c, const Json& v) {
                return SetWord(c.logging.predictions.payload, v, kPayloads);
              },
              [](const Config& c) { return GetWord(c.logging.predictions.payload, kPayloads); }},
    ConfigKey{"logging.predictions.max_per_second", KeyShape::kNumber,
              "a whole number from 0 to 1000000",
              "The most predictions logged in a second; 0 is no limit.",
              [](Config& c, const Json& v) {
                return SetCount(c.logging.predictions.max_per_second, v, 0, 1'000'000);
              },
              [](const Config& c) { return Json(c.logging.predictions.max_per_second); }},
};

}  // namespace

std::span<const ConfigKey> LoggingKeys() { return kLoggingKeys; }

}  // namespace moorage::config

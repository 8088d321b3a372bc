#include "platform/config/keys/server_keys.h"

#include <array>

#include "foundation/base/units.h"
#include "platform/config/key_values.h"

namespace moorage::config {
namespace {

using json::Json;

constexpr std::string_view kEndpointAllowed =
    "host:port, for instance 127.0.0.1:8000 or \"[::1]:8000\", with a port from 0 (the system "
    "chooses) to 65535";

constexpr std::array kServerKeys = {
    ConfigKey{"server.listen", KeyShape::kText, kEndpointAllowed,
              "Address of predictions, the management API and health.",
              [](Config& c, const Json& v) { return SetEndpoint(c.server.listen, v); },
              [](const Config& c) { return Json(Format(c.server.listen)); }},
    ConfigKey{"server.metrics_listen", KeyShape::kText, kEndpointAllowed,
              "Address of `GET /metrics`.",
              [](Config& c, const Json& v) { return SetEndpoint(c.server.metrics_listen, v); },
              [](const Config& c) { return Json(Format(c.server.metrics_listen)); }},
    ConfigKey{
        "server.max_body", KeyShape::kNumber, "a size from 1KiB to 16GiB, for instance 64MiB",
        "The largest request body; a longer one is refused with 413.",
        [](Config& c, const Json& v) { return SetBytes(c.server.max_body, v, kKiB, 16 * kGiB); },
        [](const Config& c) { return Json(base::FormatBytes(c.server.max_body)); }},
    ConfigKey{"server.memory", KeyShape::kText,
              "auto, or a size from 16MiB to 1024GiB, for instance 512MiB",
              "What requests, answers and runs may hold in all; what finds no room is refused with "
              "413, 429 or 503. auto is 80 % of the memory of the container or the machine.",
              [](Config& c, const Json& v) {
                return SetBytesOrAuto(c.server.memory, v, 16 * kMiB, 1024 * kGiB);
              },
              [](const Config& c) {
                return c.server.memory == 0 ? Json("auto")
                                            : Json(base::FormatBytes(c.server.memory));
              }},
    ConfigKey{"server.max_connections", KeyShape::kNumber, "a whole number from 0 to 1000000",
              "Open connections; for one more, the longest idle ends. 0 is as many as the limit of "
              "open files allows.",
              [](Config& c, const Json& v) {
                return SetCount(c.server.max_connections, v, 0, 1'000'000);
              },
              [](const Config& c) { return Json(c.server.max_connections); }},
    ConfigKey{"server.cors_origins", KeyShape::kList,
              "a list of up to 64 origins, for instance https://app.example, or * for every origin",
              "Web pages of these origins may call the API. * permits predictions and reads only.",
              [](Config& c, const Json& v) { return SetOrigins(c.server.cors_origins, v); },
              [](const Config& c) { return Json(c.server.cors_origins); }},
    ConfigKey{"server.drain", KeyShape::kText, "a duration from 1ms to 1h, for instance 10s",
              "How long requests in flight may still take once the server was told to stop.",
              [](Config& c, const Json& v) {
                return SetDuration(c.server.drain, v, kMillisecond, kHour);
              },
              [](const Config& c) { return Json(base::FormatDuration(c.server.drain)); }},
    ConfigKey{"server.threads", KeyShape::kNumber, "a whole number from 0 to 1024",
              "Reactor threads; 0 is one for each CPU that the process may use.",
              [](Config& c, const Json& v) { return SetCount(c.server.threads, v, 0, 1024); },
              [](const Config& c) { return Json(c.server.threads); }},
};

}  // namespace

std::span<const ConfigKey> ServerKeys() { return kServerKeys; }

}  // namespace moorage::config

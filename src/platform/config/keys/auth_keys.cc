#include "platform/config/keys/auth_keys.h"

#include <array>

#include "platform/config/key_values.h"

namespace moorage::config {
namespace {

using json::Json;

constexpr std::array kAuthKeys = {
    ConfigKey{"auth.mode", KeyShape::kText, "none",
              "Who may call. `none` lets everybody; it is refused on an address that is not this "
              "machine's own unless `--insecure` is given.",
              [](Config& c, const Json& v) {
                if (!IsWord(v, "none")) return false;
                c.auth.mode = "none";
                return true;
              },
              [](const Config& c) { return Json(c.auth.mode); }, "jwt api_key both"},
};

}  // namespace

std::span<const ConfigKey> AuthKeys() { return kAuthKeys; }

}  // namespace moorage::config

#include "platform/config/keys/serving_keys.h"

#include <array>

#include "foundation/base/units.h"
#include "platform/config/key_values.h"

namespace moorage::config {
namespace {

using json::Json;

Json GetDefaultModel(const Config& config) {
  const auto& ref = config.serving.default_model;
  return ref.has_value() ? Json(model::Format(*ref)) : Json(nullptr);
}

Json GetAliases(const Config& config) {
  Json aliases = Json::array();
  for (const model::Alias& alias : config.serving.aliases) aliases.push_back(alias.value());
  return aliases;
}

constexpr std::array kServingKeys = {
    ConfigKey{"serving.default_model", KeyShape::kText,
              "a model reference, for instance cancer@production or cancer@1.2.0, or empty",
              "The model that answers where a path names none. Empty: the only model there is.",
              [](Config& c, const Json& v) { return SetDefaultModel(c.serving.default_model, v); },
              GetDefaultModel},
    ConfigKey{"serving.aliases", KeyShape::kList,
              "a list of 1 to 64 different aliases, each of a-z, 0-9, _ and -, the first a letter",
              "Versions under these aliases are loaded and served.",
              [](Config& c, const Json& v) { return SetAliases(c.serving.aliases, v); },
              GetAliases},
    ConfigKey{"serving.batch_size", KeyShape::kNumber, "a whole number from 1 to 4096",
              "The largest number of rows that run together.",
              [](Config& c, const Json& v) { return SetCount(c.serving.batch_size, v, 1, 4096); },
              [](const Config& c) { return Json(c.serving.batch_size); }},
    ConfigKey{"serving.timeout", KeyShape::kText, "a duration from 1ms to 1h, for instance 30s",
              "A prediction that takes longer is given up with 504.",
              [](Config& c, const Json& v) {
                return SetDuration(c.serving.timeout, v, kMillisecond, kHour);
              },
              [](const Config& c) { return Json(base::FormatDuration(c.serving.timeout)); }},
    ConfigKey{"serving.load_timeout", KeyShape::kText,
              "a duration from 1ms to 1h, for instance 60s",
              "A version that takes longer to open and to try is given up; others go on meanwhile.",
              [](Config& c, const Json& v) {
                return SetDuration(c.serving.load_timeout, v, kMillisecond, kHour);
              },
              [](const Config& c) { return Json(base::FormatDuration(c.serving.load_timeout)); }},
    ConfigKey{
        "serving.max_concurrent_requests", KeyShape::kNumber, "a whole number from 1 to 1000000",
        "Requests that may wait or run at one time; one more is answered 429 with Retry-After.",
        [](Config& c, const Json& v) {
          return SetCount(c.serving.max_concurrent_requests, v, 1, 1'000'000);
        },
        [](const Config& c) { return Json(c.serving.max_concurrent_requests); }},
    ConfigKey{
        "serving.keep_previous", KeyShape::kNumber, "a whole number from 0 to 16",
        "How many previous versions of production stay loaded, so that a roll-back is instant.",
        [](Config& c, const Json& v) { return SetCount(c.serving.keep_previous, v, 0, 16); },
        [](const Config& c) { return Json(c.serving.keep_previous); }},
    ConfigKey{
        "serving.inline_run", KeyShape::kText, "a duration from 0us to 1h, for instance 150us",
        "A run that is predicted to take longer leaves the event loop to the executor's threads.",
        [](Config& c, const Json& v) { return SetDuration(c.serving.inline_run, v, {}, kHour); },
        [](const Config& c) { return Json(base::FormatDuration(c.serving.inline_run)); }},
    ConfigKey{
        "serving.inline_tick", KeyShape::kText, "a duration from 0us to 1h, for instance 250us",
        "Model work that an event loop does in one tick; what is left goes to the executor.",
        [](Config& c, const Json& v) { return SetDuration(c.serving.inline_tick, v, {}, kHour); },
        [](const Config& c) { return Json(base::FormatDuration(c.serving.inline_tick)); }},
};

}  // namespace

std::span<const ConfigKey> ServingKeys() { return kServingKeys; }

}  // namespace moorage::config

#include "platform/config/config_keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "foundation/base/ascii.h"
#include "foundation/base/units.h"
#include "platform/config/endpoint.h"

namespace moorage::config {
namespace {

using json::Json;

bool IsWord(const Json& value, std::string_view word) {
  return value.is_string() && value.get_ref<const std::string&>() == word;
}

constexpr std::string_view kEndpointAllowed =
    "host:port, for instance 127.0.0.1:8000 or \"[::1]:8000\", with a port from 0 (the system "
    "chooses) to 65535";

bool SetEndpoint(Endpoint& field, const Json& value) {
  if (!value.is_string()) return false;
  auto endpoint = ParseEndpoint(value.get_ref<const std::string&>());
  if (!endpoint) return false;
  field = *std::move(endpoint);
  return true;
}

bool SetCount(std::uint32_t& field, const Json& value, std::int64_t min, std::int64_t max) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return false;
  const auto count = value.get<std::int64_t>();
  if (count < min || count > max) return false;
  field = static_cast<std::uint32_t>(count);
  return true;
}

bool SetBytes(std::uint64_t& field, const Json& value, std::uint64_t min, std::uint64_t max) {
  std::uint64_t bytes = 0;
  if (value.is_string()) {
    const auto parsed = base::ParseBytes(value.get_ref<const std::string&>());
    if (!parsed.ok()) return false;
    bytes = *parsed;
  } else if (value.is_number_integer() &&
             (value.is_number_unsigned() || value.get<std::int64_t>() >= 0)) {
    bytes = value.get<std::uint64_t>();
  } else {
    return false;
  }
  if (bytes < min || bytes > max) return false;
  field = bytes;
  return true;
}

bool SetDuration(base::Duration& field, const Json& value, base::Duration min, base::Duration max) {
  if (!value.is_string()) return false;
  const auto parsed = base::ParseDuration(value.get_ref<const std::string&>());
  if (!parsed.ok() || *parsed < min || *parsed > max) return false;
  field = *parsed;
  return true;
}

// "sqlite:PATH", "file:PATH": the scheme that this version has, and a path that is not empty.
bool SetLocation(std::string& field, const Json& value, std::string_view scheme) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  if (!text.starts_with(scheme) || text.size() == scheme.size()) return false;
  const std::string_view path = std::string_view(text).substr(scheme.size());
  if (path.starts_with("//") || path.find('\0') != std::string_view::npos) return false;
  field = text;
  return true;
}

bool SetAliases(std::vector<model::Alias>& field, const Json& value) {
  if (!value.is_array() || value.empty() || value.size() > 64) return false;
  std::vector<model::Alias> aliases;
  for (const Json& item : value) {
    if (!item.is_string()) return false;
    auto alias = model::ParseAlias(item.get_ref<const std::string&>());
    if (!alias.ok()) return false;
    if (std::find(aliases.begin(), aliases.end(), *alias) != aliases.end()) return false;
    aliases.push_back(*std::move(alias));
  }
  field = std::move(aliases);
  return true;
}

bool SetDefaultModel(std::optional<model::ModelRef>& field, const Json& value) {
  if (value.is_null() || IsWord(value, "")) {
    field.reset();
    return true;
  }
  if (!value.is_string()) return false;
  auto ref = model::ParseModelRef(value.get_ref<const std::string&>());
  if (!ref.ok()) return false;
  field = *std::move(ref);
  return true;
}

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

constexpr Words<LogLevel, 4> kLevels = {{{"debug", LogLevel::kDebug},
                                         {"info", LogLevel::kInfo},
                                         {"warning", LogLevel::kWarning},
                                         {"error", LogLevel::kError}}};
constexpr Words<Payload, 3> kPayloads = {
    {{"none", Payload::kNone}, {"redacted", Payload::kRedacted}, {"full", Payload::kFull}}};

template <typename T, std::size_t N>
bool SetWord(T& field, const Json& value, const Words<T, N>& words) {
  for (const auto& [word, meaning] : words) {
    if (IsWord(value, word)) {
      field = meaning;
      return true;
    }
  }
  return false;
}

template <typename T, std::size_t N>
Json GetWord(T field, const Words<T, N>& words) {
  for (const auto& [word, meaning] : words) {
    if (meaning == field) return word;
  }
  return nullptr;
}

bool SetConsole(std::string& field, const Json& value) {
  if (!IsWord(value, "text") && !IsWord(value, "json") && !IsWord(value, "none")) return false;
  field = value.get<std::string>();
  return true;
}

bool SetPath(std::string& field, const Json& value) {
  if (value.is_null()) {
    field.clear();
    return true;
  }
  if (!value.is_string()) return false;
  if (value.get_ref<const std::string&>().find('\0') != std::string::npos) return false;
  field = value.get<std::string>();
  return true;
}

bool SetShare(double& field, const Json& value) {
  if (!value.is_number()) return false;
  const auto share = value.get<double>();
  if (!(share >= 0 && share <= 1)) return false;
  field = share;
  return true;
}

Json GetDefaultModel(const Config& config) {
  const auto& ref = config.serving.default_model;
  return ref.has_value() ? Json(model::Format(*ref)) : Json(nullptr);
}

Json GetAliases(const Config& config) {
  Json aliases = Json::array();
  for (const model::Alias& alias : config.serving.aliases) aliases.push_back(alias.value());
  return aliases;
}

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr std::uint64_t kGiB = 1024 * kMiB;
constexpr base::Duration kMillisecond = std::chrono::milliseconds(1);
constexpr base::Duration kHour = std::chrono::hours(1);

constexpr std::array<ConfigKey, 24> kKeys = {{
    {"server.listen", KeyShape::kText, kEndpointAllowed,
     "Address of predictions, the management API and health.",
     [](Config& c, const Json& v) { return SetEndpoint(c.server.listen, v); },
     [](const Config& c) { return Json(Format(c.server.listen)); }},
    {"server.metrics_listen", KeyShape::kText, kEndpointAllowed, "Address of `GET /metrics`.",
     [](Config& c, const Json& v) { return SetEndpoint(c.server.metrics_listen, v); },
     [](const Config& c) { return Json(Format(c.server.metrics_listen)); }},
    {"server.max_body", KeyShape::kNumber, "a size from 1KiB to 16GiB, for instance 64MiB",
     "The largest request body; a longer one is refused with 413.",
     [](Config& c, const Json& v) { return SetBytes(c.server.max_body, v, kKiB, 16 * kGiB); },
     [](const Config& c) { return Json(base::FormatBytes(c.server.max_body)); }},
    {"server.drain", KeyShape::kText, "a duration from 1ms to 1h, for instance 10s",
     "How long requests in flight may still take once the server was told to stop.",
     [](Config& c, const Json& v) { return SetDuration(c.server.drain, v, kMillisecond, kHour); },
     [](const Config& c) { return Json(base::FormatDuration(c.server.drain)); }},
    {"server.threads", KeyShape::kNumber, "a whole number from 0 to 1024",
     "Reactor threads; 0 is one for each CPU that the process may use.",
     [](Config& c, const Json& v) { return SetCount(c.server.threads, v, 0, 1024); },
     [](const Config& c) { return Json(c.server.threads); }},
    {"registry.database", KeyShape::kText,
     "sqlite:PATH, for instance sqlite:./moorage-data/moorage.db",
     "Where the registry keeps its records.",
     [](Config& c, const Json& v) { return SetLocation(c.registry.database, v, "sqlite:"); },
     [](const Config& c) { return Json(c.registry.database); }, "postgresql: postgres:"},
    {"registry.blobs", KeyShape::kText, "file:PATH, for instance file:./moorage-data/blobs",
     "The directory of the models' bytes.",
     [](Config& c, const Json& v) { return SetLocation(c.registry.blobs, v, "file:"); },
     [](const Config& c) { return Json(c.registry.blobs); }, "s3:"},
    {"serving.default_model", KeyShape::kText,
     "a model reference, for instance cancer@production or cancer@1.2.0, or empty",
     "The model that answers where a path names none. Empty: the only model there is.",
     [](Config& c, const Json& v) { return SetDefaultModel(c.serving.default_model, v); },
     GetDefaultModel},
    {"serving.aliases", KeyShape::kList,
     "a list of 1 to 64 different aliases, each of a-z, 0-9, _ and -, the first a letter",
     "Versions under these aliases are loaded and served.",
     [](Config& c, const Json& v) { return SetAliases(c.serving.aliases, v); }, GetAliases},
    {"serving.batch_size", KeyShape::kNumber, "a whole number from 1 to 4096",
     "The largest number of rows that run together.",
     [](Config& c, const Json& v) { return SetCount(c.serving.batch_size, v, 1, 4096); },
     [](const Config& c) { return Json(c.serving.batch_size); }},
    {"serving.timeout", KeyShape::kText, "a duration from 1ms to 1h, for instance 30s",
     "A prediction that takes longer is given up with 504.",
     [](Config& c, const Json& v) {
       return SetDuration(c.serving.timeout, v, kMillisecond, kHour);
     },
     [](const Config& c) { return Json(base::FormatDuration(c.serving.timeout)); }},
    {"serving.max_concurrent_requests", KeyShape::kNumber, "a whole number from 1 to 1000000",
     "Requests that may wait or run at one time; one more is answered 429 with Retry-After.",
     [](Config& c, const Json& v) {
       return SetCount(c.serving.max_concurrent_requests, v, 1, 1'000'000);
     },
     [](const Config& c) { return Json(c.serving.max_concurrent_requests); }},
    {"serving.keep_previous", KeyShape::kNumber, "a whole number from 0 to 16",
     "How many previous versions of production stay loaded, so that a roll-back is instant.",
     [](Config& c, const Json& v) { return SetCount(c.serving.keep_previous, v, 0, 16); },
     [](const Config& c) { return Json(c.serving.keep_previous); }},
    {"serving.inline_run", KeyShape::kText, "a duration from 0us to 1h, for instance 150us",
     "A run that is predicted to take longer leaves the event loop to the executor's threads.",
     [](Config& c, const Json& v) { return SetDuration(c.serving.inline_run, v, {}, kHour); },
     [](const Config& c) { return Json(base::FormatDuration(c.serving.inline_run)); }},
    {"serving.inline_tick", KeyShape::kText, "a duration from 0us to 1h, for instance 250us",
     "Model work that an event loop does in one tick; what is left goes to the executor.",
     [](Config& c, const Json& v) { return SetDuration(c.serving.inline_tick, v, {}, kHour); },
     [](const Config& c) { return Json(base::FormatDuration(c.serving.inline_tick)); }},
    {"auth.mode", KeyShape::kText, "none",
     "Who may call. `none` lets everybody; it is refused on an address that is not this machine's "
     "own "
     "unless `--insecure` is given.",
     [](Config& c, const Json& v) {
       if (!IsWord(v, "none")) return false;
       c.auth.mode = "none";
       return true;
     },
     [](const Config& c) { return Json(c.auth.mode); }, "jwt api_key both"},
    {"logging.level", KeyShape::kText, "one of debug, info, warning, error",
     "The least severe events that are written.",
     [](Config& c, const Json& v) { return SetWord(c.logging.level, v, kLevels); },
     [](const Config& c) { return GetWord(c.logging.level, kLevels); }},
    {"logging.console", KeyShape::kText, "one of text, json, none",
     "The form of the events on standard error.",
     [](Config& c, const Json& v) { return SetConsole(c.logging.console, v); },
     [](const Config& c) { return Json(c.logging.console); }},
    {"logging.file", KeyShape::kText, "a path, or empty for no file",
     "The log file: one JSON object a line. Empty: none.",
     [](Config& c, const Json& v) { return SetPath(c.logging.file, v); },
     [](const Config& c) { return Json(c.logging.file); }},
    {"logging.max_size", KeyShape::kNumber, "a size from 64KiB to 16GiB, for instance 64MiB",
     "The size at which the log file is closed and a new one begun.",
     [](Config& c, const Json& v) { return SetBytes(c.logging.max_size, v, 64 * kKiB, 16 * kGiB); },
     [](const Config& c) { return Json(base::FormatBytes(c.logging.max_size)); }},
    {"logging.keep", KeyShape::kNumber, "a whole number from 1 to 1000",
     "How many closed log files are kept.",
     [](Config& c, const Json& v) { return SetCount(c.logging.keep, v, 1, 1000); },
     [](const Config& c) { return Json(c.logging.keep); }},
    {"logging.predictions.sample", KeyShape::kNumber, "a number from 0 to 1",
     "The share of predictions that are written to the log.",
     [](Config& c, const Json& v) { return SetShare(c.logging.predictions.sample, v); },
     [](const Config& c) { return Json(c.logging.predictions.sample); }},
    {"logging.predictions.payload", KeyShape::kText, "one of none, redacted, full",
     "What a logged prediction holds of the request and its answer.",
     [](Config& c, const Json& v) { return SetWord(c.logging.predictions.payload, v, kPayloads); },
     [](const Config& c) { return GetWord(c.logging.predictions.payload, kPayloads); }},
    {"logging.predictions.max_per_second", KeyShape::kNumber, "a whole number from 0 to 1000000",
     "The most predictions logged in a second; 0 is no limit.",
     [](Config& c, const Json& v) {
       return SetCount(c.logging.predictions.max_per_second, v, 0, 1'000'000);
     },
     [](const Config& c) { return Json(c.logging.predictions.max_per_second); }},
}};

constexpr std::array<UnsupportedKey, 7> kUnsupported = {{
    {"server.grpc_listen", "gRPC address of its own"},
    {"server.tls", "TLS"},
    {"cache", "prediction cache"},
    {"drift", "drift detection"},
    {"alerting", "alerting"},
    {"monitoring", "monitoring beside the metrics endpoint"},
    {"privacy", "field privacy"},
}};

}  // namespace

std::span<const ConfigKey> ConfigKeys() { return kKeys; }

const ConfigKey* FindConfigKey(std::string_view name) {
  const auto found = std::find_if(kKeys.begin(), kKeys.end(),
                                  [name](const ConfigKey& key) { return key.name == name; });
  return found == kKeys.end() ? nullptr : &*found;
}

std::string VariableOf(const ConfigKey& key) {
  std::string variable = "MOORAGE_";
  for (const char c : key.name) {
    if (c == '.') {
      variable += "__";
    } else {
      variable += base::ToUpper(c);
    }
  }
  return variable;
}

std::span<const UnsupportedKey> UnsupportedKeys() { return kUnsupported; }

const UnsupportedKey* FindUnsupportedKey(std::string_view name) {
  for (const UnsupportedKey& key : kUnsupported) {
    if (name == key.name) return &key;
    if (name.starts_with(key.name) && name[key.name.size()] == '.') return &key;
  }
  return nullptr;
}

}  // namespace moorage::config

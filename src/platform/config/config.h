#pragma once

// The configuration of a process. LoadConfig() makes it, Config holds it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/model_ref.h"
#include "foundation/telemetry/log/async_log_options.h"
#include "foundation/telemetry/log/log.h"
#include "platform/config/endpoint.h"

namespace moorage::config {

using telemetry::LogLevel;
using telemetry::PayloadPolicy;

// The effective configuration. A plain value. Every field is a key of the same name, and
// docs/operations/configuration.md lists them. It is checked as a whole, so a Config that exists is
// usable.
struct Config {
  struct Server {
    Endpoint listen{"127.0.0.1", 8000};
    Endpoint metrics_listen{"127.0.0.1", 9090};
    std::uint64_t max_body = 64ULL << 20;
    std::uint64_t memory = 0;           // bytes for requests and answers, 0 for "auto"
    std::uint32_t max_connections = 0;  // 0 for as many as descriptors allow
    std::vector<std::string> cors_origins;
    base::Duration drain = std::chrono::seconds(10);
    std::uint32_t threads = 0;  // reactors, 0 for one on each CPU of the process
  } server;

  struct Registry {
    std::string database = "sqlite:./moorage-data/moorage.db";
    std::string blobs = "file:./moorage-data/blobs";
  } registry;

  struct Serving {
    std::optional<model::ModelRef> default_model;
    std::vector<model::Alias> aliases{model::Alias("production"), model::Alias("staging")};
    std::uint32_t batch_size = 32;
    base::Duration timeout = std::chrono::seconds(30);
    base::Duration load_timeout = std::chrono::seconds(60);
    std::uint32_t max_concurrent_requests = 100;
    std::uint32_t keep_previous = 1;
    base::Duration inline_run = std::chrono::microseconds(150);
    base::Duration inline_tick = std::chrono::microseconds(250);
  } serving;

  struct Auth {
    std::string mode = "none";
  } auth;

  struct Logging {
    LogLevel level = LogLevel::kInfo;
    std::string console = "text";                          // text | json | none
    std::string file = "./moorage-data/logs/moorage.log";  // empty: no file
    std::uint64_t max_size = 64ULL << 20;
    std::uint32_t keep = 5;
    struct Predictions {
      double sample = 1.0;
      PayloadPolicy payload = PayloadPolicy::kRedacted;
      std::uint32_t max_per_second = 1000;  // 0 = no limit
    } predictions;
  } logging;
};

// Where one value came from, for `config show` and for errors.
struct Origin {
  std::string source;  // "default", "moorage.yaml:12", "MOORAGE_SERVER__LISTEN"
};

struct LoadedConfig {
  Config config;
  std::map<std::string, Origin> origins;  // by dotted key
};

// `yaml` is the file's text (empty for no file), `file` its name for messages, `environment` the
// variables of the process.
// - Later layers win. The order is defaults, file, LOG_LEVEL, MOORAGE_SECTION__KEY, PORT.
// - A nested key has more parts, as in MOORAGE_LOGGING__PREDICTIONS__SAMPLE.
// - PORT replaces the port of server.listen and keeps its host.
// - Variables that begin with MOORAGE_ but have no section (MOORAGE_TOKEN) are ignored.
//
// kInvalid for unknown keys, duplicate keys, wrong types, contradictory values and sections of a
// later version. There is one Detail for each problem. Its path is the place ("moorage.yaml:12:
// server.listen"), and its text names the allowed values. No key is a secret yet.
base::Result<LoadedConfig> LoadConfig(std::string_view yaml, std::string_view file,
                                      const std::map<std::string, std::string>& environment);

// The effective configuration as JSON in the layout of the file. LoadConfig reads it back.
json::Json ToJson(const Config& config);

// Turns YAML text into JSON, with scalars by the core schema. Quoted scalars stay strings. For
// policy files. kInvalid with line and column, also for duplicate keys and anchors that loop.
base::Result<json::Json> YamlToJson(std::string_view yaml, std::string_view file);

}  // namespace moorage::config

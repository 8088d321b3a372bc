#include "main/wire_telemetry.h"

#include <string_view>

namespace moorage::main {

namespace {

telemetry::ConsoleForm ConsoleOf(std::string_view name) {
  if (name == "json") return telemetry::ConsoleForm::kJson;
  if (name == "none") return telemetry::ConsoleForm::kNone;
  return telemetry::ConsoleForm::kText;
}

}  // namespace

telemetry::AsyncLogOptions LogOptionsOf(const config::Config::Logging& config) {
  telemetry::AsyncLogOptions options;
  options.level = config.level;
  options.file = config.file;
  options.max_size = config.max_size;
  options.keep = config.keep;
  options.console = ConsoleOf(config.console);
  options.sample = config.predictions.sample;
  options.payload = config.predictions.payload;
  options.max_per_second = config.predictions.max_per_second;
  return options;
}

api::CallRecorder::Payloads PayloadsOf(const config::Config::Logging& config) {
  return config.predictions.payload == config::PayloadPolicy::kNone
             ? api::CallRecorder::Payloads::kDropped
             : api::CallRecorder::Payloads::kKept;
}

}  // namespace moorage::main

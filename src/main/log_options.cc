#include "main/log_options.h"

#include <string_view>

namespace moorage::main {

namespace {

telemetry::LogLevel LevelOf(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::kDebug:
      return telemetry::LogLevel::kDebug;
    case config::LogLevel::kInfo:
      return telemetry::LogLevel::kInfo;
    case config::LogLevel::kWarning:
      return telemetry::LogLevel::kWarning;
    case config::LogLevel::kError:
      return telemetry::LogLevel::kError;
  }
  return telemetry::LogLevel::kInfo;
}

telemetry::PayloadPolicy PolicyOf(config::Payload payload) {
  switch (payload) {
    case config::Payload::kNone:
      return telemetry::PayloadPolicy::kNone;
    case config::Payload::kRedacted:
      return telemetry::PayloadPolicy::kRedacted;
    case config::Payload::kFull:
      return telemetry::PayloadPolicy::kFull;
  }
  return telemetry::PayloadPolicy::kNone;
}

telemetry::ConsoleForm ConsoleOf(std::string_view name) {
  if (name == "json") return telemetry::ConsoleForm::kJson;
  if (name == "none") return telemetry::ConsoleForm::kNone;
  return telemetry::ConsoleForm::kText;
}

}  // namespace

telemetry::EventLogOptions LogOptionsOf(const config::Config::Logging& config) {
  telemetry::EventLogOptions options;
  options.level = LevelOf(config.level);
  options.file = config.file;
  options.max_size = config.max_size;
  options.keep = config.keep;
  options.console = ConsoleOf(config.console);
  options.sample = config.predictions.sample;
  options.payload = PolicyOf(config.predictions.payload);
  options.max_per_second = config.predictions.max_per_second;
  return options;
}

}  // namespace moorage::main

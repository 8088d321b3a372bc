#include "main/log_options.h"

#include <string_view>

namespace moorage::main {

namespace {

telemetry::LogLevel LevelOf(control::LogLevel level) {
  switch (level) {
    case control::LogLevel::kDebug:
      return telemetry::LogLevel::kDebug;
    case control::LogLevel::kInfo:
      return telemetry::LogLevel::kInfo;
    case control::LogLevel::kWarning:
      return telemetry::LogLevel::kWarning;
    case control::LogLevel::kError:
      return telemetry::LogLevel::kError;
  }
  return telemetry::LogLevel::kInfo;
}

telemetry::PayloadPolicy PolicyOf(control::Payload payload) {
  switch (payload) {
    case control::Payload::kNone:
      return telemetry::PayloadPolicy::kNone;
    case control::Payload::kRedacted:
      return telemetry::PayloadPolicy::kRedacted;
    case control::Payload::kFull:
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

telemetry::EventLogOptions LogOptionsOf(const control::Config::Logging& config) {
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

#pragma once

// The interface of the log, and the names of its levels and types.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace moorage::telemetry {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning", "error"
std::string_view Name(LogLevel level);
std::optional<LogLevel> ParseLogLevel(std::string_view name);

// What a record is about, and the `type` of its line.
enum class LogType : std::uint8_t { kPrediction, kError, kAccess, kEvent, kServer };
inline constexpr std::size_t kLogTypes = 5;

// "prediction", "error", "access", "event", "server"
std::string_view Name(LogType type);

// One named value of a message, which is a text, a number or a truth value.
struct LogField {
  using Value = std::variant<std::string_view, std::int64_t, double, bool>;

  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  LogField(std::string_view name, bool flag) : key(name), value(flag) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view name, T number) : key(name), value(static_cast<std::int64_t>(number)) {}
  LogField(std::string_view name, double number) : key(name), value(number) {}

  std::string_view key;
  Value value;
};

// A message of the server, for instance "serving cancer@1.0.0". The views live for one Write().
struct LogMessage {
  LogLevel level = LogLevel::kInfo;
  LogType type = LogType::kServer;
  std::string_view text;
  std::span<const LogField> fields;
};

// The log of the control plane, for a few lines a minute from any thread. The data plane has
// LogShard instead.
//
//   log.Info("serving cancer@1.0.0", {{"model", "cancer"}, {"load_ms", 12}});
class Log {
 public:
  virtual ~Log() = default;

  virtual void Write(const LogMessage& message) = 0;

  using Fields = std::initializer_list<LogField>;
  void Debug(std::string_view text, Fields fields = {}) { Say(LogLevel::kDebug, text, fields); }
  void Info(std::string_view text, Fields fields = {}) { Say(LogLevel::kInfo, text, fields); }
  void Warning(std::string_view text, Fields fields = {}) { Say(LogLevel::kWarning, text, fields); }
  void Error(std::string_view text, Fields fields = {}) { Say(LogLevel::kError, text, fields); }
  // A fact of the audit log, repeated in the log file.
  void Event(std::string_view text, Fields fields = {}) {
    Write({LogLevel::kInfo, LogType::kEvent, text, {fields.begin(), fields.size()}});
  }

 private:
  void Say(LogLevel level, std::string_view text, Fields fields) {
    Write({level, LogType::kServer, text, {fields.begin(), fields.size()}});
  }
};

}  // namespace moorage::telemetry

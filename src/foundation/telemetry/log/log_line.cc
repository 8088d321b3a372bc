#include "foundation/telemetry/log/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "foundation/base/units.h"
#include "foundation/json/json.h"
#include "foundation/telemetry/log/redact.h"

namespace moorage::telemetry {
namespace {

void AppendString(std::string& to, std::string_view text) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
  if (!plain) {
    // The library escapes, and replaces what is not UTF-8. Most texts need neither.
    to += json::ToText(json::Json(text));
    return;
  }
  to += '"';
  to += text;
  to += '"';
}

// Leaves empty members out.
void AppendMember(std::string& to, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  to += fmt::format(",\"{}\":", name);
  AppendString(to, text);
}

base::Time TimeOf(const LogEntry& entry) {
  return base::Time(std::chrono::microseconds(entry.time));
}

void AppendRequest(std::string& to, const LogEntry& entry, PayloadPolicy payload) {
  if (entry.omitted_request > 0) {
    to += fmt::format(",\"request_bytes\":{}", entry.omitted_request);
    return;
  }
  const std::string_view request = entry.text(LogText::kRequest);
  if (request.empty()) return;
  if (payload == PayloadPolicy::kRedacted) {
    if (const auto redacted = RedactJson(request)) {
      to += ",\"request\":" + *redacted;
      return;
    }
    // Written anew, because a client may break lines inside its JSON, and a line is one record.
  } else if (const auto json = json::ParseJson(request); json.ok()) {
    to += ",\"request\":" + json::ToText(*json);
    return;
  }
  to += fmt::format(",\"request_bytes\":{}", request.size());
}

// Answers are the server's own JSON documents. Others (a binary protocol) are logged by their size.
void AppendResponse(std::string& to, const LogEntry& entry) {
  const std::string_view response = entry.text(LogText::kResponse);
  if (response.empty()) return;
  // RedactJson() serves as the check that this is JSON. Its result is not used.
  const bool one_line = response.find_first_of("\r\n") == std::string_view::npos;
  if (one_line && RedactJson(response)) {
    to += ",\"response\":";
    to += response;
  } else {
    to += fmt::format(",\"response_bytes\":{}", response.size());
  }
}

void AppendRequestMembers(std::string& to, const LogEntry& entry, PayloadPolicy payload) {
  AppendMember(to, "request_id", entry.text(LogText::kRequestId));
  AppendMember(to, "endpoint", entry.text(LogText::kEndpoint));
  AppendMember(to, "model", entry.text(LogText::kModel));
  AppendMember(to, "version", entry.text(LogText::kVersion));
  to += fmt::format(",\"code\":{},\"duration_ms\":{:.3f}", entry.code,
                    static_cast<double>(entry.duration) * 1e-6);
  if (entry.type == LogType::kError) {
    AppendMember(to, "error", entry.text(LogText::kExtra));
    AppendMember(to, "message", entry.text(LogText::kMessage));
  }
  AppendRequest(to, entry, payload);
  AppendResponse(to, entry);
}

void AppendAccessMembers(std::string& to, const LogEntry& entry) {
  AppendMember(to, "request_id", entry.text(LogText::kRequestId));
  AppendMember(to, "method", entry.text(LogText::kExtra));
  AppendMember(to, "path", entry.text(LogText::kEndpoint));
  AppendMember(to, "client", entry.text(LogText::kMessage));
  to += fmt::format(",\"code\":{},\"duration_ms\":{:.3f}", entry.code,
                    static_cast<double>(entry.duration) * 1e-6);
}

std::string_view Colour(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "\x1B[2m";
    case LogLevel::kInfo:
      return "\x1B[32m";
    case LogLevel::kWarning:
      return "\x1B[33m";
    case LogLevel::kError:
      return "\x1B[31m";
  }
  return "";
}

std::string_view Title(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG  ";
    case LogLevel::kInfo:
      return "INFO   ";
    case LogLevel::kWarning:
      return "WARNING";
    case LogLevel::kError:
      return "ERROR  ";
  }
  return "";
}

std::string ConsoleText(const LogEntry& entry) {
  if (entry.type != LogType::kError) {
    return std::string(entry.text(LogText::kMessage)) + std::string(entry.text(LogText::kRequest));
  }
  std::string text = fmt::format("{} {} {}", entry.code, entry.text(LogText::kEndpoint),
                                 entry.text(LogText::kMessage));
  if (!entry.text(LogText::kModel).empty()) {
    text += fmt::format(" model={}", entry.text(LogText::kModel));
  }
  if (!entry.text(LogText::kRequestId).empty()) {
    text += fmt::format(" request_id={}", entry.text(LogText::kRequestId));
  }
  return text;
}

struct AsJson {
  std::string operator()(std::string_view text) const {
    std::string json;
    AppendString(json, text);
    return json;
  }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    return std::isfinite(number) ? fmt::format("{}", number) : "null";
  }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
};

struct AsWord {
  std::string operator()(std::string_view text) const {
    const bool quoted = text.empty() || text.find(' ') != std::string_view::npos;
    return quoted ? fmt::format("\"{}\"", text) : std::string(text);
  }
  template <typename T>
  std::string operator()(T value) const {
    return fmt::format("{}", value);
  }
};

}  // namespace

std::string FormatJsonLine(const LogEntry& entry, PayloadPolicy payload) {
  std::string line =
      fmt::format(R"({{"timestamp":"{}","level":"{}","type":"{}")", base::FormatTime(TimeOf(entry)),
                  Name(entry.level), Name(entry.type));
  switch (entry.type) {
    case LogType::kPrediction:
    case LogType::kError:
      AppendRequestMembers(line, entry, payload);
      break;
    case LogType::kAccess:
      AppendAccessMembers(line, entry);
      break;
    case LogType::kEvent:
    case LogType::kServer:
      AppendMember(line, "message", entry.text(LogText::kMessage));
      line += entry.text(LogText::kExtra);
      break;
  }
  line += '}';
  return line;
}

std::string FormatConsoleLine(const LogEntry& entry, Paint paint) {
  // A client's text must neither begin a line of its own nor send a sequence to the terminal
  // (CWE-117).
  std::string text = ConsoleText(entry);
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  const std::string time = base::FormatTime(TimeOf(entry));
  if (paint == Paint::kPlain) return fmt::format("{} {} {}", time, Title(entry.level), text);
  return fmt::format("\x1B[2m{}\x1B[0m {}{}\x1B[0m {}", time, Colour(entry.level),
                     Title(entry.level), text);
}

std::string FieldsAsJson(std::span<const LogField> fields) {
  std::string json;
  for (const LogField& field : fields) {
    json += ',';
    AppendString(json, field.key);
    json += ':';
    json += std::visit(AsJson{}, field.value);
  }
  return json;
}

std::string FieldsAsWords(std::span<const LogField> fields) {
  std::string words;
  for (const LogField& field : fields) {
    words += fmt::format(" {}={}", field.key, std::visit(AsWord{}, field.value));
  }
  return words;
}

}  // namespace moorage::telemetry

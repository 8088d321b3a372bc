#pragma once

// A Log that keeps its messages for a test. Any thread may write to it.

#include <string>
#include <variant>
#include <vector>

#include "foundation/base/mutex.h"
#include "foundation/telemetry/log/log.h"

namespace moorage::telemetry {

// Remembers what was written.
class FakeLog : public Log {
 public:
  struct Line {
    LogLevel level = LogLevel::kInfo;
    LogType type = LogType::kServer;
    std::string text;  // with the fields behind it: "serving cancer@1.0.0 model=cancer"
  };

  void Write(const LogMessage& message) override {
    Line line{message.level, message.type, std::string(message.text)};
    for (const LogField& field : message.fields) {
      line.text += " " + std::string(field.key) + "=" + std::visit(Text{}, field.value);
    }
    const base::MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
  }

  std::vector<Line> lines() const {
    const base::MutexLock lock(mutex_);
    return lines_;
  }
  // True if some line contains `part`.
  bool Says(std::string_view part) const {
    for (const Line& line : lines()) {
      if (line.text.find(part) != std::string::npos) return true;
    }
    return false;
  }

 private:
  struct Text {
    std::string operator()(std::string_view text) const { return std::string(text); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return std::to_string(number); }
  };

  mutable base::Mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace moorage::telemetry

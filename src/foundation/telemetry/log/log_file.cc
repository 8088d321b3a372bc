#include "foundation/telemetry/log/log_file.h"

#include <spdlog/common.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <chrono>
#include <utility>

namespace moorage::telemetry {
namespace {

using base::Code;
using base::Error;
using base::Status;

constexpr auto kRetry = std::chrono::seconds(1);

}  // namespace

struct LogFile::Sink {
  Sink(const std::string& path, std::uint64_t max_size, std::size_t keep)
      : file(path, static_cast<std::size_t>(max_size), keep) {
    // The line alone. spdlog's own pattern would put its time and level in front.
    file.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%v", spdlog::pattern_time_type::utc, std::string("\n")));
  }

  spdlog::sinks::rotating_file_sink_st file;
};

LogFile::LogFile(std::string path, std::uint64_t max_size, std::size_t keep,
                 const base::Clock& clock)
    : path_(std::move(path)), max_size_(max_size), keep_(keep), clock_(clock) {}

LogFile::~LogFile() = default;

Status LogFile::Fail(const char* what) {
  sink_.reset();
  retry_after_ = clock_.Monotonic() + kRetry;
  return Error{Code::kUnavailable, "the log file cannot be written: " + std::string(what)};
}

Status LogFile::Write(std::string_view line) {
  // Opens at most once a second. While the disk refuses, each record would cost a failing call.
  if (!sink_ && retry_after_ && clock_.Monotonic() < *retry_after_) {
    return Error{Code::kUnavailable, "the log file cannot be written"};
  }
  try {
    if (!sink_) sink_ = std::make_unique<Sink>(path_, max_size_, keep_);
    sink_->file.log(spdlog::details::log_msg(spdlog::string_view_t(), spdlog::level::info,
                                             spdlog::string_view_t(line.data(), line.size())));
  } catch (const spdlog::spdlog_ex& e) {
    return Fail(e.what());
  }
  retry_after_.reset();
  return {};
}

Status LogFile::Flush() {
  if (!sink_) return {};
  try {
    sink_->file.flush();
  } catch (const spdlog::spdlog_ex& e) {
    return Fail(e.what());
  }
  return {};
}

}  // namespace moorage::telemetry

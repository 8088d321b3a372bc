#include "foundation/telemetry/log/async_log.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "foundation/telemetry/log/log_line.h"
#include "foundation/telemetry/log/log_metrics.h"

namespace moorage::telemetry {
namespace {

// How long a record may lie in a ring that is not half full.
constexpr auto kLinger = std::chrono::milliseconds(100);
// A log without records for kIdleDrains drains is idle. It waits longer, and the next record wakes
// it. LogWaker takes no lock, so its notification can fall between the check and the wait of Loop()
// and is lost. The record is then written after kIdleLinger.
constexpr auto kIdleLinger = std::chrono::seconds(1);
constexpr int kIdleDrains = 10;
// No record of a ring is smaller (its header alone is larger).
constexpr std::size_t kSmallestRecord = 64;
// How often a loss is reported.
constexpr auto kReportInterval = std::chrono::seconds(1);
// The bytes of lines that are written together.
constexpr std::size_t kWriteBytes = 64U << 10U;

LogEntry ServerEntry(LogLevel level, LogType type, base::Time time, std::string_view text) {
  LogEntry entry;
  entry.type = type;
  entry.level = level;
  entry.time = time.time_since_epoch().count();
  entry.text(LogText::kMessage) = text;
  return entry;
}

}  // namespace

AsyncLog::AsyncLog(AsyncLogOptions options, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      colours_(options_.console == ConsoleForm::kText && ::isatty(options_.console_fd) == 1) {
  if (!options_.file.empty()) {
    file_.emplace(options_.file, options_.max_size, options_.keep, clock_);
  }
  if (options_.console != ConsoleForm::kNone) console_.emplace(options_.console_fd);
  shards_.push_back(std::make_unique<LogShard>(options_, waker_));
  writer_ = std::thread([this] { Loop(); });
  ::pthread_setname_np(writer_.native_handle(), "moorage-log");
}

AsyncLog::~AsyncLog() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    waker_.condition_.notify_one();
  }
  writer_.join();
}

LogShard& AsyncLog::AddShard() {
  const base::MutexLock lock(mutex_);
  shards_.push_back(std::make_unique<LogShard>(options_, waker_));
  // The first shard is that of Write(), which no rate limits.
  for (const auto& shard : shards_) shard->ShareAmong(shards_.size() - 1);
  return *shards_.back();
}

void AsyncLog::Write(const LogMessage& message) {
  if (message.level < options_.level) return;
  const std::string json = FieldsAsJson(message.fields);
  const std::string words = FieldsAsWords(message.fields);
  LogEntry entry = ServerEntry(message.level, message.type, clock_.Now(), message.text);
  entry.text(LogText::kExtra) = json;
  entry.text(LogText::kRequest) = words;
  // A ring has one producer. The lock makes the callers one.
  const base::MutexLock lock(mutex_);
  shards_.front()->Put(entry);
  waker_.Wake();
}

void AsyncLog::Reopen() {
  const base::MutexLock lock(mutex_);
  reopening_ = true;
  waker_.condition_.notify_one();
}

void AsyncLog::Flush() {
  base::MutexLock lock(mutex_);
  const std::uint64_t mine = ++flush_asked_;
  waker_.condition_.notify_one();
  flushed_.wait(lock.native(), [&]() REQUIRES(mutex_) { return flush_done_ >= mine; });
  if (console_) console_->Flush();
}

void AsyncLog::Loop() {
  bool stopping = false;
  int empty_drains = 0;
  while (!stopping) {
    std::uint64_t asked = 0;
    bool reopening = false;
    {
      base::MutexLock lock(mutex_);
      if (!stopping_ && !reopening_ && flush_asked_ == flush_done_ &&
          !waker_.asked_.load(std::memory_order_relaxed)) {
        // The first wait of an idle log is short. A thread that recorded just before idle() became
        // true has woken nothing.
        const bool is_quiet = empty_drains > kIdleDrains;
        waker_.condition_.wait_for(lock.native(), is_quiet ? kIdleLinger : kLinger);
      }
      asked = flush_asked_;
      stopping = stopping_;
      reopening = std::exchange(reopening_, false);
    }
    // Before the drain, so that a wake-up during it causes another one.
    waker_.asked_.store(false, std::memory_order_relaxed);
    if (reopening && file_) NoteWrite(file_->Reopen());
    empty_drains = Drain() ? 0 : std::min(empty_drains + 1, kIdleDrains + 1);
    waker_.idle_.store(empty_drains >= kIdleDrains, std::memory_order_relaxed);
    const base::MutexLock lock(mutex_);
    flush_done_ = asked;
    flushed_.notify_all();
  }
}

std::vector<LogShard*> AsyncLog::CopyShards() const {
  const base::MutexLock lock(mutex_);
  std::vector<LogShard*> shards;
  for (const auto& shard : shards_) shards.push_back(shard.get());
  return shards;
}

// Returns true if there was a record.
bool AsyncLog::Drain() {
  bool wrote = false;
  for (LogShard* shard : CopyShards()) {
    // Reads at most as many records as a ring can hold. That is all that lay in it at the start,
    // and it ends even if its thread records faster than this one writes.
    std::size_t left = options_.ring_bytes / kSmallestRecord;
    for (auto record = shard->ring_.Peek(); !record.empty() && left > 0;
         record = shard->ring_.Peek(), --left) {
      Emit(Decode(record));
      shard->ring_.Pop();
      wrote = true;
    }
  }
  ReportDropped();
  FlushFile();
  return wrote;
}

void AsyncLog::Emit(const LogEntry& entry) {
  const bool file_only = entry.type == LogType::kPrediction || entry.type == LogType::kAccess;
  // A client's mistakes are warnings. They go to the file, because they could fill a console.
  const bool console =
      console_ && !file_only && !(entry.type == LogType::kError && entry.level < LogLevel::kError);
  std::string json;
  if (file_ || options_.console == ConsoleForm::kJson)
    json = FormatJsonLine(entry, options_.payload);
  if (console) EmitToConsole(entry, json);
  if (file_) EmitToFile(entry, json);
}

void AsyncLog::EmitToConsole(const LogEntry& entry, std::string_view json) {
  std::string line(json);
  if (options_.console == ConsoleForm::kText) {
    line = FormatConsoleLine(entry, colours_ ? Paint::kColours : Paint::kPlain);
  }
  line += '\n';
  console_->Write(entry.type, std::move(line));
}

void AsyncLog::EmitToFile(const LogEntry& entry, std::string_view json) {
  ++unflushed_[static_cast<std::size_t>(entry.type)];
  const base::Status taken = file_->Write(json);
  NoteWrite(taken);
  if (taken.ok() && file_->waiting() >= kWriteBytes) FlushFile();
}

void AsyncLog::FlushFile() {
  if (!file_) return;
  NoteWrite(file_->Flush());
  if (file_->TakeReplaced()) {
    Tell(Sinks::kBoth, "the log file was moved or removed, and was made again");
    NoteWrite(file_->Flush());
  }
}

// A write that failed has lost everything since the last that did not.
void AsyncLog::NoteWrite(const base::Status& status) {
  if (status.ok()) {
    if (file_->waiting() > 0) return;
    write_failed_ = false;
    unflushed_ = {};
    return;
  }
  for (std::size_t type = 0; type < kLogTypes; ++type) {
    lost_[type].Add(std::exchange(unflushed_[type], 0));
  }
  if (std::exchange(write_failed_, true) || !console_) return;
  const LogEntry entry =
      ServerEntry(LogLevel::kError, LogType::kServer, clock_.Now(), status.error().message);
  EmitToConsole(entry, FormatJsonLine(entry, options_.payload));
}

std::uint64_t AsyncLog::DroppedFull() const {
  std::uint64_t dropped = 0;
  for (const LogShard* shard : CopyShards()) {
    for (std::size_t type = 0; type < kLogTypes; ++type) {
      dropped += shard->dropped_full(static_cast<LogType>(type));
    }
  }
  return dropped;
}

std::uint64_t AsyncLog::DroppedByConsole() const {
  std::uint64_t dropped = 0;
  for (std::size_t type = 0; console_ && type < kLogTypes; ++type) {
    dropped += console_->dropped(static_cast<LogType>(type));
  }
  return dropped;
}

void AsyncLog::Tell(Sinks sinks, std::string_view text, std::string_view fields) {
  if (options_.level > LogLevel::kWarning) return;
  LogEntry entry = ServerEntry(LogLevel::kWarning, LogType::kServer, clock_.Now(), text);
  entry.text(LogText::kExtra) = fields;
  if (sinks == Sinks::kBoth) return Emit(entry);
  if (file_) EmitToFile(entry, FormatJsonLine(entry, options_.payload));
}

void AsyncLog::ReportDropped() {
  const std::uint64_t dropped = DroppedFull();
  const std::uint64_t by_console = DroppedByConsole();
  const base::Instant now = clock_.Monotonic();
  if (dropped == reported_dropped_ && by_console == reported_console_) return;
  const bool first = reported_dropped_ == 0 && reported_console_ == 0;
  if (!first && now - reported_at_ < kReportInterval) return;
  reported_at_ = now;
  const auto tell = [&](Sinks sinks, std::uint64_t count, std::string_view why) {
    if (count == 0) return;
    Tell(sinks, "dropped " + std::to_string(count) + " records: " + std::string(why),
         ",\"dropped\":" + std::to_string(count));
  };
  tell(Sinks::kBoth, dropped - std::exchange(reported_dropped_, dropped),
       "the log could not keep up");
  // Not to the console, which would drop this line, too, and be reported for it without end.
  tell(Sinks::kFile, by_console - std::exchange(reported_console_, by_console),
       "the console is not read");
}

void AsyncLog::Collect(Exposition& exposition) const {
  const base::MutexLock lock(mutex_);
  for (std::size_t i = 0; i < kLogTypes; ++i) {
    const auto type = static_cast<LogType>(i);
    std::uint64_t full = 0;
    std::uint64_t rate = 0;
    for (const auto& shard : shards_) {
      full += shard->dropped_full(type);
      rate += shard->dropped_rate(type);
    }
    exposition.Add(kLogDroppedFamily, {Name(type), "full"}, static_cast<double>(full));
    if (type != LogType::kPrediction && type != LogType::kAccess) {
      exposition.Add(kLogDroppedFamily, {Name(type), "console"},
                     static_cast<double>(console_ ? console_->dropped(type) : 0));
    }
    exposition.Add(kLogDroppedFamily, {Name(type), "write"}, static_cast<double>(lost_[i].value()));
    // Other types have no rate, and a series that is always 0 is not exposed.
    if (type == LogType::kPrediction || type == LogType::kAccess) {
      exposition.Add(kLogDroppedFamily, {Name(type), "rate"}, static_cast<double>(rate));
    }
  }
}

}  // namespace moorage::telemetry

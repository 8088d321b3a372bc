#pragma once

// The log of the server. Any thread may write to it.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"
#include "foundation/telemetry/log/async_log_options.h"
#include "foundation/telemetry/log/log.h"
#include "foundation/telemetry/log/log_console.h"
#include "foundation/telemetry/log/log_file.h"
#include "foundation/telemetry/log/log_shard.h"
#include "foundation/telemetry/metrics/counter.h"
#include "foundation/telemetry/metrics/exposition.h"

namespace moorage::telemetry {

// The server's log, as JSON lines in a rotated file and readable lines on the console.
//
// - A thread that logs copies a record into a bounded ring and goes on.
// - One thread, "moorage-log", formats and writes.
// - A full ring, a full disk or a console that no process reads loses records and costs no time.
//   Every loss is counted (moorage_log_dropped_total), and a line in the log reports what a full
//   ring or the console has lost.
// - File and console do not wait for each other.
// - Lines of one shard keep their order. Lines of different shards may differ by a tenth of a
// second.
// - Predictions and accesses go to the file only.
class AsyncLog : public Log, public Collector {
 public:
  // `clock` outlives the log. The file is opened by the first line.
  AsyncLog(AsyncLogOptions options, const base::Clock& clock);
  // Writes everything that was recorded. No shard may be recording any more.
  ~AsyncLog() override;

  // A shard for one thread to record in, valid as long as this object. The limits per second are
  // divided by the number of shards.
  LogShard& AddShard();

  // From any thread, with a lock.
  void Write(const LogMessage& message) override;

  // Returns once everything recorded before the call is written, or lost.
  void Flush();
  // Opens the file anew, because another program has moved it. Any thread.
  void Reopen();

  void Collect(Exposition& exposition) const override;

 private:
  using Shards = std::vector<std::unique_ptr<LogShard>>;

  void Loop();
  // Writes what the rings hold now. Of the writer thread, like all that follow.
  bool Drain();
  void Emit(const LogEntry& entry);
  void EmitToConsole(const LogEntry& entry, std::string_view json);
  void EmitToFile(const LogEntry& entry, std::string_view json);
  enum class Sinks : std::uint8_t { kBoth, kFile };
  // A line of the log about itself.
  void Tell(Sinks sinks, std::string_view text, std::string_view fields = {});
  void ReportDropped();
  void FlushFile();
  void NoteWrite(const base::Status& status);
  std::uint64_t DroppedFull() const;
  std::uint64_t DroppedByConsole() const;
  std::vector<LogShard*> CopyShards() const;

  // Constant after construction.
  const AsyncLogOptions options_;
  const base::Clock& clock_;
  const bool colours_;

  mutable base::Mutex mutex_;         // never held while something is written
  Shards shards_ GUARDED_BY(mutex_);  // the first one belongs to Write(), the others to AddShard()
  std::uint64_t flush_asked_ GUARDED_BY(mutex_) = 0;
  std::uint64_t flush_done_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool reopening_ GUARDED_BY(mutex_) = false;
  std::condition_variable flushed_;
  LogWaker waker_;

  // Of the writer thread alone.
  std::optional<LogFile> file_;
  std::uint64_t reported_dropped_ = 0;
  std::uint64_t reported_console_ = 0;
  base::Instant reported_at_{};
  bool write_failed_ = false;
  std::array<std::uint64_t, kLogTypes> unflushed_{};  // records that the file has not written yet
  std::array<Counter, kLogTypes> lost_;               // records that the disk refused

  std::optional<LogConsole> console_;  // has a thread of its own

  std::thread writer_;  // last, so that all it uses exists before and after it
};

}  // namespace moorage::telemetry

#pragma once

// The console of a server, which may be a pipe that no process reads. Any thread may write to it,
// and none ever waits. A thread of its own ("moorage-console") writes. Lines that it cannot pass on
// are dropped and counted.

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <thread>

#include "foundation/base/mutex.h"
#include "foundation/telemetry/log/log.h"

namespace moorage::telemetry {

class LogConsole {
 public:
  // `fd` stays open as long as this object.
  explicit LogConsole(int fd);
  // Writes what waits, for at most 200 ms.
  ~LogConsole();
  LogConsole(const LogConsole&) = delete;
  LogConsole& operator=(const LogConsole&) = delete;

  // Drops the line if 256 KiB wait already.
  void Write(LogType type, std::string line);
  // Returns when every line is written or dropped, at most after 200 ms.
  void Flush();

  std::uint64_t dropped(LogType type) const;

 private:
  void Loop();
  // Returns false once the console is to end.
  bool WriteLine(std::string_view line);
  bool WaitUntilWritable();

  const int fd_;
  const int stop_;  // an event that ends a wait for the console

  mutable base::Mutex mutex_;  // never held while something is written
  std::deque<std::string> lines_ GUARDED_BY(mutex_);
  std::size_t waiting_bytes_ GUARDED_BY(mutex_) = 0;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::array<std::uint64_t, kLogTypes> dropped_ GUARDED_BY(mutex_){};
  std::condition_variable changed_;
  std::condition_variable idle_;

  std::thread thread_;  // last, so that all it uses exists before and after it
};

}  // namespace moorage::telemetry

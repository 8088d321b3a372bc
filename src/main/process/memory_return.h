#pragma once

// Gives memory that the server no longer uses back to the kernel. The C library keeps what was
// freed between two blocks that are in use, and a peak of hostile requests would stay resident.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "foundation/base/file_system.h"
#include "foundation/base/mutex.h"

namespace moorage::process {

// What is resident of the process, and what the heap has handed out of it.
struct MemoryUse {
  std::size_t resident = 0;
  std::size_t live = 0;
};

// Decides when freed memory is worth a search of the heap. Pure. One thread.
class MemoryWatch {
 public:
  // Returns true if what is resident and not live has grown by 8 MiB since it was least. The caller
  // then trims, and calls Trimmed().
  bool ShouldTrim(const MemoryUse& use);
  // What is not live after a trim cannot be returned.
  void Trimmed(const MemoryUse& use) { least_ = Rest(use); }

 private:
  // Less than 0 where live memory was never touched.
  static std::int64_t Rest(const MemoryUse& use) {
    return static_cast<std::int64_t>(use.resident) - static_cast<std::int64_t>(use.live);
  }

  std::optional<std::int64_t> least_;
};

// Returns the resident bytes that /proc/self/statm tells, or nothing.
std::optional<std::size_t> ResidentBytes(base::FileSystem& files, const std::string& proc);

// Sets how the heap of this process takes and returns memory. Blocks from 1 MiB on are mapped, so
// they return when they are freed. Call it before the first thread.
void SetHeapLimits();

// A thread ("moorage-memory") that looks once a second, and trims the heap when the watch asks.
class MemoryReturn {
 public:
  struct Effects {
    std::function<std::optional<MemoryUse>()> use;
    std::function<void()> trim;
  };

  // Of this process.
  static Effects OfProcess(base::FileSystem& files);

  explicit MemoryReturn(Effects effects);
  ~MemoryReturn();
  MemoryReturn(const MemoryReturn&) = delete;
  MemoryReturn& operator=(const MemoryReturn&) = delete;

  // One look, on the caller's thread.
  static void Look(MemoryWatch& watch, const Effects& effects);

 private:
  void Run();

  const Effects effects_;
  base::Mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last, so that all it uses exists before and after it
};

}  // namespace moorage::process

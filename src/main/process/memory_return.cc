#include "main/process/memory_return.h"

#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "foundation/base/parse_number.h"

namespace moorage::process {
namespace {

// What may stay resident without use. A search of the heap locks parts of it for up to about 1 ms,
// so small amounts are not worth one.
constexpr std::int64_t kWorthATrim = std::int64_t{4} << 20U;
constexpr std::chrono::seconds kBetweenLooks{1};
// The largest block that lies in the heap. A mapped one costs a fault for each page, which a block
// of this size repays by being returned at once.
constexpr int kLargestHeapBlock = 1 << 20;
// What the top of the heap keeps for the next requests.
constexpr int kKeptTop = 2 << 20;

}  // namespace

bool MemoryWatch::ShouldTrim(const MemoryUse& use) {
  const std::int64_t rest = Rest(use);
  least_ = std::min(least_.value_or(rest), rest);
  return rest - *least_ >= kWorthATrim;
}

std::optional<std::size_t> ResidentBytes(base::FileSystem& files, const std::string& proc) {
  const auto text = files.Read(proc + "/self/statm", 256);
  if (!text.ok()) return std::nullopt;
  // The second number is the resident pages.
  std::string_view rest = *text;
  const std::size_t blank = rest.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(blank + 1);
  const auto pages = base::ParseNumber<std::size_t>(rest.substr(0, rest.find(' ')));
  if (!pages) return std::nullopt;
  return *pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void SetHeapLimits() {
  // Both, because setting either keeps the library from raising them by itself.
  ::mallopt(M_MMAP_THRESHOLD, kLargestHeapBlock);  // NOLINT(concurrency-mt-unsafe): start-up
  ::mallopt(M_TRIM_THRESHOLD, kKeptTop);           // NOLINT(concurrency-mt-unsafe): start-up
}

MemoryReturn::Effects MemoryReturn::OfProcess(base::FileSystem& files) {
  return {.use = [&files]() -> std::optional<MemoryUse> {
            const auto resident = ResidentBytes(files, "/proc");
            if (!resident) return std::nullopt;
            const auto heap = ::mallinfo2();
            return MemoryUse{.resident = *resident, .live = heap.uordblks + heap.hblkhd};
          },
          .trim = [] { ::malloc_trim(kKeptTop); }};
}

MemoryReturn::MemoryReturn(Effects effects) : effects_(std::move(effects)) {
  thread_ = std::thread([this] { Run(); });
  ::pthread_setname_np(thread_.native_handle(), "moorage-memory");
}

MemoryReturn::~MemoryReturn() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    ended_.notify_all();
  }
  thread_.join();
}

void MemoryReturn::Look(MemoryWatch& watch, const Effects& effects) {
  const auto before = effects.use();
  if (!before || !watch.ShouldTrim(*before)) return;
  effects.trim();
  watch.Trimmed(effects.use().value_or(*before));
}

void MemoryReturn::Run() {
  MemoryWatch watch;
  base::MutexLock lock(mutex_);
  while (!ended_.wait_for(lock.native(), kBetweenLooks,
                          [&]() REQUIRES(mutex_) { return stopping_; })) {
    Look(watch, effects_);
  }
}

}  // namespace moorage::process

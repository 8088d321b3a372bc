#pragma once

#include <atomic>
#include <cstdint>

namespace moorage::telemetry {

// A number that only grows. One thread adds, any thread reads. A reader may see a value that is a
// moment old, never a torn one. Adding is a load and a store, without a locked instruction.
class Counter {
 public:
  void Add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// A level, such as the number of open connections. One thread writes, any thread reads.
class Gauge {
 public:
  void Set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(std::int64_t amount) { Set(value() + amount); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

}  // namespace moorage::telemetry

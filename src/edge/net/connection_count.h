#pragma once

// The bound on the open connections of a process. Any thread.

#include <atomic>
#include <cstddef>

namespace moorage::net {

// Counts the connections of all reactors of a port.
//
//   if (!count.Take()) return;  // no client is accepted
//   count.Return();             // when its connection has ended
class ConnectionCount {
 public:
  explicit ConnectionCount(std::size_t most) : most_(most) {}

  // Returns false at the bound.
  bool Take() {
    if (open_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
    open_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  // Takes a place beyond the bound, for a client that may not be refused.
  void TakeBeyond() { open_.fetch_add(1, std::memory_order_relaxed); }
  void Return() { open_.fetch_sub(1, std::memory_order_relaxed); }

  std::size_t most() const { return most_; }
  std::size_t open() const { return open_.load(std::memory_order_relaxed); }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> open_{0};
};

}  // namespace moorage::net

#include "foundation/telemetry/log/log_ring.h"

#include <cstring>

namespace moorage::telemetry {
namespace {

// In place of a size. The rest of the memory is unused, and the record is at the start.
constexpr std::uint64_t kSkip = UINT64_MAX;

constexpr std::uint64_t RoundUp(std::uint64_t size) { return (size + 7U) & ~std::uint64_t{7}; }

}  // namespace

LogRing::LogRing(std::size_t capacity)
    : capacity_(capacity), memory_(std::make_unique_for_overwrite<std::byte[]>(capacity)) {}

void LogRing::WriteHeader(std::uint64_t at, std::uint64_t size) {
  std::memcpy(&memory_[at % capacity_], &size, sizeof size);
}

std::uint64_t LogRing::ReadHeader(std::uint64_t at) const {
  std::uint64_t size = 0;
  std::memcpy(&size, &memory_[at % capacity_], sizeof size);
  return size;
}

// L. Lamport's queue of one producer and one consumer. Each side stores its own position only, so
// neither needs an atomic read-modify-write.
std::span<std::byte> LogRing::Reserve(std::size_t size) {
  if (size == 0 || size > max_record()) return {};
  const std::uint64_t needed = kHeader + RoundUp(size);
  // Positions are multiples of 8, so the end always has room for the header that says kSkip.
  const std::uint64_t to_end = capacity_ - write_ % capacity_;
  const std::uint64_t skipped = needed > to_end ? to_end : 0;
  // Loads the consumer's position only if the one seen last leaves no room. Its cache line
  // otherwise stays with the consumer.
  if (write_ + skipped + needed - tail_seen_ > capacity_) {
    tail_seen_ = tail_.load(std::memory_order_acquire);
    if (write_ + skipped + needed - tail_seen_ > capacity_) return {};
  }
  if (skipped > 0) WriteHeader(write_, kSkip);
  const std::uint64_t at = write_ + skipped;
  WriteHeader(at, size);
  reserved_ = at + needed;
  return {&memory_[at % capacity_ + kHeader], size};
}

void LogRing::Commit() {
  // The release makes header and bytes visible before the position, which Peek() acquires.
  write_ = reserved_;
  head_.store(write_, std::memory_order_release);
}

std::span<const std::byte> LogRing::Peek() {
  const std::uint64_t head = head_.load(std::memory_order_acquire);
  if (read_ == head) return {};
  std::uint64_t at = read_;
  std::uint64_t size = ReadHeader(at);
  if (size == kSkip) {
    at += capacity_ - at % capacity_;
    size = ReadHeader(at);
  }
  next_ = at + kHeader + RoundUp(size);
  return {&memory_[at % capacity_ + kHeader], static_cast<std::size_t>(size)};
}

void LogRing::Pop() {
  // The producer may write over the record once it sees this position.
  read_ = next_;
  tail_.store(read_, std::memory_order_release);
}

}  // namespace moorage::telemetry

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace moorage::telemetry {

// A queue of byte records from one thread to one other thread, in memory that is taken once.
// Neither side ever waits. A full queue refuses.
//
// A record lies in one piece behind a header of 8 bytes that holds its size. One that would reach
// over the end of the memory begins at its start again, and the rest of the end is skipped.
class LogRing {
 public:
  // `capacity` is a power of two, at least 64. Records may have up to half of it, less the header.
  explicit LogRing(std::size_t capacity);

  std::size_t max_record() const { return capacity_ / 2 - kHeader; }

  // Producer. Memory for a record of `size` bytes, or nothing if it does not fit now. Commit()
  // makes the record visible to the consumer.
  std::span<std::byte> Reserve(std::size_t size);
  void Commit();
  // True if at least half of the memory is in use, as far as the producer knows.
  bool half_full() const { return write_ - tail_seen_ >= capacity_ / 2; }

  // Consumer. The oldest record, valid until Pop(), or empty if there is none. (A record of no
  // bytes is never stored.)
  std::span<const std::byte> Peek();
  void Pop();

 private:
  static constexpr std::size_t kHeader = 8;

  void WriteHeader(std::uint64_t at, std::uint64_t size);
  std::uint64_t ReadHeader(std::uint64_t at) const;

  // Constant after construction. Positions only grow. Their place is position % capacity.
  const std::size_t capacity_;
  const std::unique_ptr<std::byte[]> memory_;

  // Of the producer alone.
  alignas(64) std::uint64_t write_ = 0;
  std::uint64_t reserved_ = 0;
  std::uint64_t tail_seen_ = 0;
  std::atomic<std::uint64_t> head_{0};

  // Of the consumer alone.
  alignas(64) std::uint64_t read_ = 0;
  std::uint64_t next_ = 0;
  std::atomic<std::uint64_t> tail_{0};
};

}  // namespace moorage::telemetry

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace moorage::json {

// Returns memory of a buffer in the way in which it was taken.
struct FreeBuffer {
  std::size_t mapped = 0;  // bytes that the kernel has mapped, 0 for memory of the allocator
  void operator()(char* memory) const;
};
using BufferMemory = std::unique_ptr<char[], FreeBuffer>;

// Bytes that arrive at the back and leave at the front, contiguous, in memory that is kept for the
// next user of the buffer. New room is not zeroed. A buffer of 1 MiB or more grows without a copy.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept;
  ByteBuffer& operator=(ByteBuffer&& other) noexcept;

  std::string_view view() const { return {data_.get() + begin_, size()}; }
  std::span<char> bytes() { return {data_.get() + begin_, size()}; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  std::size_t capacity() const { return capacity_; }

  // At least `bytes` of room at the back, to be filled and then committed. Moves what is there.
  std::span<char> Room(std::size_t bytes) {
    if (capacity_ - end_ < bytes) Grow(bytes);
    return {data_.get() + end_, capacity_ - end_};
  }
  // Returns the capacity after Room(bytes), for an owner that charges memory before it is taken.
  std::size_t CapacityFor(std::size_t bytes) const;
  // Returns the most memory that is held while Room(bytes) grows. Both the old and the new one are
  // held while bytes are copied.
  std::size_t PeakFor(std::size_t bytes) const;
  void Commit(std::size_t bytes) { end_ += bytes; }

  // Leaves room for Prepend() at the front of an empty buffer, for as long as the memory is kept.
  void LeaveFront(std::size_t bytes);
  // Puts `text` before what is there. Returns false without room for it.
  bool Prepend(std::string_view text);

  void Append(std::string_view text);
  void Append(char c) {
    Room(1)[0] = c;
    ++end_;
  }

  // Drops bytes from the front, at most as many as there are. The pages of a large buffer are given
  // back as they are consumed, so that freeing it takes no long time at once.
  void Consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) {
      begin_ = end_ = front_;
    } else if (begin_ >= kReleasedAtOnce) {
      ReleaseConsumed();
    }
  }
  // Keeps the memory, and the room in front.
  void Clear() { begin_ = end_ = front_; }
  // Gives the memory back.
  void Release() { *this = ByteBuffer(); }

 private:
  static constexpr std::size_t kReleasedAtOnce = std::size_t{1} << 20U;

  void Grow(std::size_t bytes);
  bool GrowsInPlace() const;
  void ReleaseConsumed();

  BufferMemory data_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
  std::size_t front_ = 0;     // room for Prepend(), at most begin_
  std::size_t released_ = 0;  // bytes at the front whose pages the kernel has back
};

}  // namespace moorage::json

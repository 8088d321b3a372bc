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
  void Commit(std::size_t bytes) { end_ += bytes; }

  void Append(std::string_view text);
  void Append(char c) {
    Room(1)[0] = c;
    ++end_;
  }

  // Drops bytes from the front, at most as many as there are.
  void Consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  // Keeps the memory.
  void Clear() { begin_ = end_ = 0; }
  // Gives the memory back.
  void Release() { *this = ByteBuffer(); }

 private:
  void Grow(std::size_t bytes);

  BufferMemory data_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace moorage::json

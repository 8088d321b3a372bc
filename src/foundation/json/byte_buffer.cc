#include "foundation/json/byte_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>
#include <utility>

namespace moorage::json {
namespace {

// Memory from this size on is mapped by itself. The kernel lets it grow without a copy, which would
// take a reactor longer than 2 ms.
constexpr std::size_t kLeastMapped = std::size_t{1} << 20U;

BufferMemory TakeMemory(std::size_t bytes) {
  if (bytes >= kLeastMapped) {
    void* const memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) {
      return BufferMemory(static_cast<char*>(memory), FreeBuffer{bytes});
    }
  }
  // Throws where the allocator has no memory either.
  return BufferMemory(new char[bytes]);
}

// Moves the pages of mapped memory to `bytes` of it. Returns false if nothing was moved.
bool Remap(BufferMemory& memory, std::size_t bytes) {
  if (memory.get_deleter().mapped == 0) return false;
  void* const moved = ::mremap(memory.get(), memory.get_deleter().mapped, bytes, MREMAP_MAYMOVE);
  if (moved == MAP_FAILED) return false;
  static_cast<void>(memory.release());
  memory = BufferMemory(static_cast<char*>(moved), FreeBuffer{bytes});
  return true;
}

}  // namespace

void FreeBuffer::operator()(char* memory) const {
  if (mapped > 0) {
    ::munmap(memory, mapped);
  } else {
    delete[] memory;
  }
}

ByteBuffer::ByteBuffer(ByteBuffer&& other) noexcept
    : data_(std::move(other.data_)),
      begin_(std::exchange(other.begin_, 0)),
      end_(std::exchange(other.end_, 0)),
      capacity_(std::exchange(other.capacity_, 0)),
      front_(std::exchange(other.front_, 0)),
      released_(std::exchange(other.released_, 0)) {}

ByteBuffer& ByteBuffer::operator=(ByteBuffer&& other) noexcept {
  data_ = std::move(other.data_);
  begin_ = std::exchange(other.begin_, 0);
  end_ = std::exchange(other.end_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  front_ = std::exchange(other.front_, 0);
  released_ = std::exchange(other.released_, 0);
  return *this;
}

void ByteBuffer::Append(std::string_view text) {
  if (text.empty()) return;
  std::memcpy(Room(text.size()).data(), text.data(), text.size());
  end_ += text.size();
}

std::size_t ByteBuffer::CapacityFor(std::size_t bytes) const {
  constexpr std::size_t kSmallest = 1024;
  const std::size_t held = size();
  if (capacity_ - end_ >= bytes) return capacity_;
  // Moves the bytes to the front only if at least as many were consumed as are held. Source and
  // target do not overlap then, and appending stays amortised O(1). Doubling keeps that
  // bound, too.
  if (begin_ > front_ && capacity_ - held >= bytes && held <= begin_) return capacity_;
  return std::max({kSmallest, capacity_ * 2, front_ + held + bytes});
}

std::size_t ByteBuffer::PeakFor(std::size_t bytes) const {
  const std::size_t wanted = CapacityFor(bytes);
  return wanted == capacity_ || GrowsInPlace() ? wanted : capacity_ + wanted;
}

bool ByteBuffer::GrowsInPlace() const { return begin_ == front_ && data_.get_deleter().mapped > 0; }

void ByteBuffer::Grow(std::size_t bytes) {
  const std::size_t held = size();
  const std::size_t wanted = CapacityFor(bytes);
  if (wanted == capacity_) {
    std::memmove(data_.get() + front_, data_.get() + begin_, held);
  } else if (GrowsInPlace() && Remap(data_, wanted)) {
    capacity_ = wanted;
  } else {
    BufferMemory grown = TakeMemory(wanted);
    if (held > 0) std::memcpy(grown.get() + front_, data_.get() + begin_, held);
    data_ = std::move(grown);
    capacity_ = wanted;
  }
  begin_ = front_;
  end_ = begin_ + held;
  released_ = 0;
}

void ByteBuffer::LeaveFront(std::size_t bytes) {
  assert(empty());
  front_ = begin_ = end_ = 0;
  Room(bytes);
  front_ = begin_ = end_ = bytes;
}

bool ByteBuffer::Prepend(std::string_view text) {
  if (text.size() > begin_) return false;
  begin_ -= text.size();
  front_ = begin_;
  if (!text.empty()) std::memcpy(data_.get() + begin_, text.data(), text.size());
  return true;
}

void ByteBuffer::ReleaseConsumed() {
  constexpr std::size_t kLargestPage = std::size_t{64} << 10U;
  if (data_.get_deleter().mapped == 0 || begin_ < released_ + kReleasedAtOnce) return;
  const std::size_t until = begin_ / kLargestPage * kLargestPage;
  // A failure leaves the pages to the end of the buffer.
  static_cast<void>(::madvise(data_.get() + released_, until - released_, MADV_DONTNEED));
  released_ = until;
}

}  // namespace moorage::json

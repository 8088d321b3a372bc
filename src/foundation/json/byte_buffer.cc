#include "foundation/json/byte_buffer.h"

#include <sys/mman.h>

#include <algorithm>
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
      capacity_(std::exchange(other.capacity_, 0)) {}

ByteBuffer& ByteBuffer::operator=(ByteBuffer&& other) noexcept {
  data_ = std::move(other.data_);
  begin_ = std::exchange(other.begin_, 0);
  end_ = std::exchange(other.end_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
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
  if (begin_ > 0 && capacity_ - held >= bytes && held <= begin_) return capacity_;
  return std::max({kSmallest, capacity_ * 2, held + bytes});
}

void ByteBuffer::Grow(std::size_t bytes) {
  const std::size_t held = size();
  const std::size_t wanted = CapacityFor(bytes);
  if (wanted == capacity_) {
    std::memcpy(data_.get(), data_.get() + begin_, held);
  } else if (begin_ == 0 && Remap(data_, wanted)) {
    capacity_ = wanted;
  } else {
    BufferMemory grown = TakeMemory(wanted);
    if (held > 0) std::memcpy(grown.get(), data_.get() + begin_, held);
    data_ = std::move(grown);
    capacity_ = wanted;
  }
  begin_ = 0;
  end_ = held;
}

}  // namespace moorage::json

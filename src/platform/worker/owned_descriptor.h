#pragma once

// A file descriptor that is closed by its owner. Move-only, one thread at a time.

#include <unistd.h>

#include <utility>

namespace moorage::worker {

class OwnedDescriptor {
 public:
  // Owns nothing.
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int fd) : fd_(fd) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  // Never repeats a close, because the descriptor is gone even when close reports EINTR.
  ~OwnedDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  // -1 if it owns nothing.
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

}  // namespace moorage::worker

#pragma once

// TCP without encryption. The reactor's thread only.

#include <utility>

#include "edge/net/transport.h"
#include "edge/net/unique_fd.h"

namespace moorage::net {

// Makes one system call for each call.
class PlainTransport : public Transport {
 public:
  explicit PlainTransport(UniqueFd fd) : fd_(std::move(fd)) {}

  Result Read(std::span<char> room) override;
  Result Write(std::string_view bytes) override;
  void ShutdownWrite() override;
  base::Duration Waited() const override;
  std::optional<std::size_t> Unacknowledged() const override;
  int fd() const override { return fd_.get(); }

 private:
  UniqueFd fd_;
};

}  // namespace moorage::net

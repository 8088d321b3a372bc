#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace moorage::net {

// Between the socket and the codec: plain bytes today; TLS keeps its records here. Non-blocking.
class Transport {
 public:
  virtual ~Transport() = default;

  enum class State : std::uint8_t { kOk, kWouldBlock, kEnd, kBroken };
  struct Result {
    State state = State::kOk;
    std::size_t bytes = 0;  // moved; not 0 only if kOk
  };

  // kEnd: the peer sends no more.
  virtual Result Read(std::span<char> room) = 0;
  // May take a part only.
  virtual Result Write(std::string_view bytes) = 0;
  // Tells the peer that nothing more will come; reading goes on.
  virtual void ShutdownWrite() = 0;

  // What to wait for with epoll.
  virtual int fd() const = 0;
};

}  // namespace moorage::net

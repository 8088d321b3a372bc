#pragma once

// A wire protocol that a port may speak. Each reactor has an object of its own, on its thread only.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "edge/net/codec.h"

namespace moorage::net {

// The verdict of a protocol about the first bytes of a connection.
enum class Sniff : std::uint8_t {
  kMine,
  kNotMine,
  kNeedMore,  // the bytes may be the beginning of mine
};

// A port waits for at most so many bytes. The preface of HTTP/2 is the longest (RFC 9113, 3.4).
inline constexpr std::size_t kSniffBytes = 24;

class WireProtocol {
 public:
  virtual ~WireProtocol() = default;

  // Judges the first bytes of a connection, at least one and at most kSniffBytes.
  virtual Sniff Judge(std::string_view first_bytes) const = 0;
  // Returns its name in the handshake of an encrypted connection (ALPN), or nothing.
  virtual std::string_view Alpn() const { return {}; }
  // Makes the codec of a connection. The protocol outlives it.
  virtual std::unique_ptr<Codec> MakeCodec(Wire& wire) = 0;
  // The dispatcher is about to be destroyed. Calls that end from now on are not reported to it.
  virtual void Close() = 0;
};

}  // namespace moorage::net

#pragma once

// The protocols of one reactor's port. The reactor's thread only.

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "edge/api/dispatcher.h"
#include "edge/net/wire_protocol.h"
#include "foundation/base/clock.h"

namespace moorage::port {

// Makes the protocol of one reactor, whose calls go to `dispatcher`.
using ProtocolFactory =
    std::function<std::unique_ptr<net::WireProtocol>(api::Dispatcher&, const base::Clock&)>;

// Chooses the protocol of a connection by its first bytes. The order of the list is the order of
// preference. The last protocol takes every connection that no other takes.
class ProtocolList {
 public:
  // `protocols` is not empty.
  explicit ProtocolList(std::vector<std::unique_ptr<net::WireProtocol>> protocols);

  // Returns nothing while an earlier protocol needs more bytes than have arrived. After
  // net::kSniffBytes no protocol may wait longer.
  std::unique_ptr<net::Codec> MakeCodec(std::string_view first_bytes, net::Wire& wire) const;
  // Closes every protocol.
  void Close();

 private:
  std::vector<std::unique_ptr<net::WireProtocol>> protocols_;
};

}  // namespace moorage::port

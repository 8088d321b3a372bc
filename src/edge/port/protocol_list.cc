#include "edge/port/protocol_list.h"

#include <cassert>
#include <cstddef>
#include <utility>

namespace moorage::port {

ProtocolList::ProtocolList(std::vector<std::unique_ptr<net::WireProtocol>> protocols)
    : protocols_(std::move(protocols)) {
  assert(!protocols_.empty());
}

std::unique_ptr<net::Codec> ProtocolList::MakeCodec(std::string_view first_bytes,
                                                    net::Wire& wire) const {
  // The peer has chosen in the handshake, so its bytes decide nothing.
  if (const std::string_view chosen = wire.negotiated(); !chosen.empty()) {
    for (const auto& protocol : protocols_) {
      if (protocol->Alpn() == chosen) return protocol->MakeCodec(wire);
    }
  }
  const std::string_view seen = first_bytes.substr(0, net::kSniffBytes);
  for (std::size_t i = 0; i + 1 < protocols_.size(); ++i) {
    const net::Sniff sniff = protocols_[i]->Judge(seen);
    if (sniff == net::Sniff::kMine) return protocols_[i]->MakeCodec(wire);
    // A later protocol might take the bytes already. It waits, because the earlier one is
    // preferred.
    if (sniff == net::Sniff::kNeedMore && seen.size() < net::kSniffBytes) return nullptr;
  }
  return protocols_.back()->MakeCodec(wire);
}

void ProtocolList::Close() {
  for (const auto& protocol : protocols_) protocol->Close();
}

}  // namespace moorage::port

#include "edge/http1/http1_protocol.h"

#include "edge/http1/http1_codec.h"

namespace moorage::http1 {

Http1Protocol::Http1Protocol(api::Dispatcher& dispatcher, const base::Clock& clock,
                             const Http1Limits& limits)
    : service_(dispatcher, clock, limits) {}

std::function<std::unique_ptr<net::WireProtocol>(api::Dispatcher&, const base::Clock&)>
Http1Protocol::Factory(const Http1Limits& limits) {
  return [limits](api::Dispatcher& dispatcher, const base::Clock& clock) {
    return std::make_unique<Http1Protocol>(dispatcher, clock, limits);
  };
}

net::Sniff Http1Protocol::Judge(std::string_view /*first_bytes*/) const {
  return net::Sniff::kMine;
}

std::unique_ptr<net::Codec> Http1Protocol::MakeCodec(net::Wire& wire) {
  return std::make_unique<Http1Codec>(wire, service_);
}

}  // namespace moorage::http1

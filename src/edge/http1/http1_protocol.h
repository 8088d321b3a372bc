#pragma once

// HTTP/1.1 as an entry in the list of protocols of a port. The reactor's thread only.
//
//   options.protocols = {http1::Http1Protocol::Factory({.max_pipelined = 16})};

#include <functional>
#include <memory>
#include <string_view>

#include "edge/http1/http1_service.h"
#include "edge/net/wire_protocol.h"

namespace moorage::http1 {

// The HTTP/1.1 of one reactor. It takes every connection and answers 400 to bytes that it cannot
// read, so it belongs at the end of a list.
class Http1Protocol : public net::WireProtocol {
 public:
  Http1Protocol(api::Dispatcher& dispatcher, const base::Clock& clock, const Http1Limits& limits);

  // Returns a function that makes the protocol of one reactor.
  static std::function<std::unique_ptr<net::WireProtocol>(api::Dispatcher&, const base::Clock&)>
  Factory(const Http1Limits& limits);

  net::Sniff Judge(std::string_view first_bytes) const override;
  std::string_view Alpn() const override { return "http/1.1"; }
  std::unique_ptr<net::Codec> MakeCodec(net::Wire& wire) override;
  void Close() override { service_.Close(); }

 private:
  Http1Service service_;
};

}  // namespace moorage::http1

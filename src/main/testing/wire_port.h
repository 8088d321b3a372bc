// One connection to a service without a socket. A test sends what a client would send, and reads
// the answer.
#pragma once

#include <string>
#include <string_view>

#include "edge/http1/http1_codec.h"
#include "edge/http1/http1_service.h"
#include "edge/net/testing/fake_wire.h"
#include "edge/port/reactor_group.h"
#include "foundation/base/clock.h"

namespace moorage::main {

class WirePort {
 public:
  WirePort(port::ReactorService& service, const base::Clock& clock)
      : service_(service), http1_(service.dispatcher(), clock, {}) {}
  ~WirePort() {
    codec_.OnClosed();
    http1_.Close();
  }
  WirePort(const WirePort&) = delete;
  WirePort& operator=(const WirePort&) = delete;

  // The bytes of the answer after one tick, empty if there is none yet. `headers` end with CRLF.
  std::string Ask(std::string_view method, std::string_view path, std::string_view body = {},
                  std::string_view headers = {}) {
    std::string request(method);
    request.append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n");
    request.append(headers).append("Content-Length: ").append(std::to_string(body.size()));
    request.append("\r\n\r\n").append(body);
    wire_.Arrive(codec_, request);
    service_.EndTick();
    return wire_.TakeSent();
  }
  // The status of the answer, 0 if there is none yet.
  int Status(std::string_view method, std::string_view path, std::string_view body = {},
             std::string_view headers = {}) {
    const std::string answer = Ask(method, path, body, headers);
    return answer.empty() ? 0 : std::stoi(answer.substr(answer.find(' ')));
  }

 private:
  port::ReactorService& service_;
  http1::Http1Service http1_;
  net::FakeWire wire_;
  http1::Http1Codec codec_{wire_, http1_};
};

}  // namespace moorage::main

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "edge/api/authenticator.h"
#include "edge/api/dispatcher.h"
#include "edge/api/router.h"
#include "edge/http1/http1_codec.h"
#include "edge/http1/http1_service.h"
#include "edge/net/testing/fake_wire.h"
#include "foundation/base/random.h"
#include "foundation/base/testing/fake_clock.h"

// What arrives on a connection, in any cut: no crash, nothing read beyond its end, answers that are
// HTTP, and the same answers whether the bytes come at once, in pieces, or one by one.

namespace moorage::http1 {
namespace {

using namespace moorage::api;  // NOLINT(google-build-using-namespace): a program of one file
using net::FakeWire;

class Zeros : public base::Random {
 public:
  void Fill(std::span<std::byte> bytes) override { std::ranges::fill(bytes, std::byte{0}); }
};

class NoObserver : public CallObserver {
 public:
  bool KeepsPayload(const model::CallContext& /*context*/, std::size_t /*bytes*/) override {
    return true;
  }
  void Finished(const model::CallContext& /*context*/, const CallFacts& /*facts*/,
                std::string_view /*body*/) override {}
};

// Looks at every byte that it is given.
class Echo : public Handler {
 public:
  void Handle(ExchangeRef exchange, const PathParameters& path) override {
    const Request& request = exchange->request();
    std::string text(request.path);
    text.append("?").append(request.query).append(" ").append(request.body);
    for (const Header& header : request.headers) text.append(header.name).append(header.value);
    for (std::size_t i = 0; i < path.count; ++i) text.append(path.entries[i].value);
    exchange->Send({.body = text});
  }
};

std::string Serve(std::string_view bytes, std::size_t step) {
  base::FakeClock clock;
  Zeros random;
  NoObserver observer;
  AllowAll authenticator;
  Echo echo;
  Router router;
  for (const auto& [method, path] :
       {std::pair{Method::kGet, "/"}, {Method::kPost, "/p"}, {Method::kPost, "/m/{a}@{b}/x"}}) {
    Operation operation;
    operation.name = path;
    operation.method = method;
    operation.path = path;
    if (!router.Add({operation, &echo}).ok()) std::abort();
  }
  Dispatcher dispatcher({router, observer, authenticator, clock, random}, {.max_body = 4096});
  Http1Limits limits;
  Http1Service service(dispatcher, clock, limits);
  FakeWire wire;
  std::string sent;
  {
    Http1Codec codec(wire, service);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      wire.Arrive(codec, bytes.substr(at, step));
      sent += wire.TakeSent();
    }
    for (std::size_t before = SIZE_MAX; wire.pending() < before;) {
      before = wire.pending();
      codec.OnOutputLow();
      wire.Arrive(codec, {});
      sent += wire.TakeSent();
    }
    codec.OnEndOfInput();
    sent += wire.TakeSent();
  }
  if (service.in_use() != 0) std::abort();
  return sent;
}

// Without the invitations, which depend on when a body arrives.
std::string Answers(std::string_view bytes, std::size_t step) {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  std::string sent = Serve(bytes, step);
  for (std::size_t at = sent.find(kContinue); at != std::string::npos; at = sent.find(kContinue)) {
    sent.erase(at, kContinue.size());
  }
  return sent;
}

}  // namespace
}  // namespace moorage::http1

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using moorage::http1::Answers;
  const std::string bytes(data, data + std::min<std::size_t>(size, 32 * 1024));
  const std::string whole = Answers(bytes, bytes.size() + 1);
  if (!whole.empty() && !whole.starts_with("HTTP/1.1 ")) std::abort();
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size() / 2 + 1}) {
    if (Answers(bytes, step) != whole) std::abort();
  }
  return 0;
}

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edge/api/authenticator.h"
#include "edge/api/call_observer.h"
#include "edge/api/exchange.h"
#include "edge/api/router.h"
#include "edge/api/trace_headers.h"
#include "foundation/base/clock.h"
#include "foundation/base/random.h"

namespace moorage::api {

// The one way from a request to its handler, whatever the protocol: trace, route, size limit,
// authentication, deadline, content type, handler. And the one place where finished calls are
// counted. One object per reactor.
class Dispatcher {
 public:
  struct Deps {
    const Router& router;
    CallObserver& observer;
    Authenticator& authenticator;
    const base::Clock& clock;
    base::Random& random;
  };
  struct Options {
    base::Duration timeout = std::chrono::seconds(30);  // until CallContext::deadline
    std::size_t max_body = 64U << 20U;
  };

  Dispatcher(const Deps& deps, const Options& options);

  // The codec has filled request(), context.protocol, context.peer and context.start.
  void Dispatch(ExchangeRef exchange);

  // Answers a request that could not be read whole; request() holds what is known of it.
  void Reject(ExchangeRef exchange, int status, std::string_view message);

  // Called by exchanges when the last byte of the answer is handed over, or the client is gone
  // (499).
  void Finished(const CallContext& context, int status, std::string_view body);

  // Requests taken and answers completed so far, those to clients that went away not among them:
  // the difference of two moments is what a tick did.
  std::uint64_t dispatched() const { return dispatched_; }
  std::uint64_t answered() const { return answered_; }

  const Options& options() const { return options_; }

 private:
  // Ids, trace, API version: what even a refused request gets.
  void Identify(Exchange& exchange);
  // Keeps what was asked: the views of the request die before the answer is logged.
  static void NoteTarget(Exchange& exchange);
  static bool EncodesBody(const Request& request);
  void RefuseMethod(Exchange& exchange, const Router::Methods& methods) const;

  const Deps deps_;
  const Options options_;
  RequestIds ids_;
  std::uint64_t dispatched_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace moorage::api

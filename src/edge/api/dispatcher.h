#pragma once

// The way from a request to its handler.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edge/api/allowed_origins.h"
#include "edge/api/authenticator.h"
#include "edge/api/body_plan.h"
#include "edge/api/call_observer.h"
#include "edge/api/decoding_calls.h"
#include "edge/api/exchange.h"
#include "edge/api/router.h"
#include "edge/api/trace_headers.h"
#include "edge/api/waiting_calls.h"
#include "foundation/base/clock.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/random.h"

namespace moorage::api {

// The one way from a request to its handler, whatever the protocol. The head is judged first:
// trace, route, method, declared size, deadline, caller. Only then is a body read, its type
// checked, and the handler called. It is also the one place where finished calls are counted. One
// object per reactor, used on the reactor's thread.
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
    std::size_t max_body = 64U << 20U;  // of one request, and of all that wait for an authenticator
    std::size_t max_waiting = 1024;     // requests that wait for an authenticator
    base::MemoryBudget* memory = nullptr;  // of requests that are kept. May be null
    AllowedOrigins origins = {};           // pages that may read the answers
  };

  Dispatcher(const Deps& deps, const Options& options);

  // Judges a request whose head is complete and whose body has not arrived. The codec has filled
  // request() but for the body, context().protocol, context().peer and facts().start. The codec
  // keeps `exchange` if the plan is kRead, and has lost it otherwise.
  BodyPlan Head(ExchangeRef& exchange, const DeclaredBody& declared);
  // The most bytes of body that the operation of an admitted call takes.
  std::size_t MostBody(const Exchange& exchange) const;

  // Hands over a whole request, judged by Head() or not.
  void Dispatch(ExchangeRef exchange);

  // Answers a request that could not be read whole. request() holds what is known of it.
  void Reject(ExchangeRef exchange, int status, std::string_view message);

  // Called by exchanges, when the last byte of the answer is handed over or the client is gone
  // (499).
  void Finished(Exchange& exchange, int status, std::string_view body);

  // Ends the calls that wait for their authenticator although their deadline has passed. Call it at
  // NextDeadline(), which is Instant::max() while none waits.
  void DropOverdue() { waiting_.DropOverdue(); }
  base::Instant NextDeadline() const { return waiting_.NextDeadline(); }

  // Decompresses the next slice of a body. Call it once a tick while is_decoding().
  void Decode() { decoding_.Work(); }
  bool is_decoding() const { return decoding_.busy(); }

  // Requests taken and answers completed since the start. Calls whose client went away are not
  // answers. The difference of two readings is what a tick did.
  std::uint64_t dispatched() const { return dispatched_; }
  std::uint64_t answered() const { return answered_; }
  std::size_t waiting() const { return waiting_.size(); }

  const Options& options() const { return options_; }

 private:
  // Sets request id, trace and API version, which a refused request gets, too.
  void Identify(Exchange& exchange);
  // Returns the route of an admitted call. Otherwise the call is answered or waits.
  Router::Match Admit(ExchangeRef& exchange, const DeclaredBody& declared, CallState deferred);
  void AnswerWithoutRoute(Exchange& exchange, const Router::Methods* methods);
  std::size_t MostBody(const Operation& operation) const;
  // The half of Dispatch() behind the authenticator.
  void Proceed(ExchangeRef exchange, const Router::Match& match);
  // The half of Proceed() that sees the body as it was before it was compressed.
  void Handle(ExchangeRef exchange, const Router::Match& match);
  // Goes on with a call whose authenticator answered later.
  void Resume(ExchangeRef exchange);
  void RefuseMethod(Exchange& exchange, const Router::Methods& methods) const;

  const Deps deps_;
  const Options options_;
  RequestIds ids_;
  WaitingCalls waiting_;
  DecodingCalls decoding_;
  std::uint64_t dispatched_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace moorage::api

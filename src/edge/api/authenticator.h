#pragma once

// The seam between the dispatcher and the modes of authentication.

#include <optional>

#include "edge/api/exchange.h"
#include "edge/api/operation.h"
#include "edge/api/waiting_calls.h"
#include "foundation/base/result.h"

namespace moorage::api {

class AuthenticationRequest;

// Decides who asks and whether the operation is permitted to them. One object per reactor, called
// on the reactor's thread. It must not block.
//
// It decides at once or later. To decide later it takes a PendingDecision, asks elsewhere (it
// fetches a key set), and decides before the deadline in the context.
//
//   ASSIGN_OR_RETURN(PendingDecision later, asked.Defer());
//   keys_.Fetch([later = std::move(later)](...) mutable { later.Allow("ann"); });
//   return std::nullopt;
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Returns ok and has set `asked.context().principal`, or an error, or nothing if it called
  // `asked.Defer()`. kUnauthenticated means missing or wrong credentials. kDenied means that the
  // principal lacks `asked.operation().permission`.
  virtual std::optional<base::Status> Authenticate(AuthenticationRequest& asked) = 0;
};

// One question to an authenticator. Lives during the call of Authenticate() only.
class AuthenticationRequest {
 public:
  // `deferred` is the state of a call that waits.
  AuthenticationRequest(ExchangeRef& exchange, const Operation& operation, WaitingCalls& waiting,
                        CallState deferred)
      : exchange_(*exchange),
        owner_(exchange),
        operation_(operation),
        waiting_(waiting),
        deferred_(deferred) {}

  const Request& request() const { return exchange_.request(); }
  const Operation& operation() const { return operation_; }
  model::CallContext& context() const { return exchange_.context(); }

  // Makes the call wait. Copies the request, so views that were taken before it are no longer
  // valid. At most once. If too many calls wait already it returns kExhausted, which
  // Authenticate() returns in turn.
  base::Result<PendingDecision> Defer() { return waiting_.Add(owner_, deferred_); }
  bool deferred() const { return owner_ == nullptr; }

 private:
  Exchange& exchange_;
  ExchangeRef& owner_;
  const Operation& operation_;
  WaitingCalls& waiting_;
  const CallState deferred_;
};

// Mode "none" on a port that changes nothing. Every caller is "anonymous" and may do everything.
class AllowAll : public Authenticator {
 public:
  std::optional<base::Status> Authenticate(AuthenticationRequest& /*asked*/) override {
    return base::Status();
  }
};

}  // namespace moorage::api

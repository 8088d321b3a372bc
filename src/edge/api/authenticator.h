#pragma once

#include "edge/api/call_context.h"
#include "edge/api/exchange.h"
#include "foundation/base/result.h"

namespace moorage::api {

// Decides who asks and whether the operation is theirs to ask for.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Fills `context.principal`. kUnauthenticated: no or bad credentials; kDenied: not permitted for
  // context.operation->permission. Runs on the reactor and must not block.
  virtual base::Status Authenticate(const Request& request, CallContext& context) = 0;
};

// Mode "none": everybody is "anonymous" and may do everything.
class AllowAll : public Authenticator {
 public:
  base::Status Authenticate(const Request& /*request*/, CallContext& /*context*/) override {
    return {};
  }
};

}  // namespace moorage::api

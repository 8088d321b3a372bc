#pragma once

#include <utility>

#include "edge/api/authenticator.h"
#include "edge/api/cross_site.h"

namespace moorage::api {

// Mode "none": everybody is "anonymous" and may do everything, but no web page may change the
// registry through the browser of somebody who can reach this server (cross_site.h).
class AnonymousCallers : public Authenticator {
 public:
  explicit AnonymousCallers(TrustedHosts hosts) : hosts_(std::move(hosts)) {}

  // kDenied with the reason; reading and predicting is never refused.
  base::Status Authenticate(const Request& request, CallContext& context) override;

 private:
  const TrustedHosts hosts_;
};

}  // namespace moorage::api

#pragma once

// Who asks where nothing is asked for: the mode "none" of authentication.

#include <optional>
#include <utility>

#include "edge/api/allowed_origins.h"
#include "edge/api/authenticator.h"
#include "edge/api/cross_site.h"

namespace moorage::api {

// Mode "none". Every caller is "anonymous" and may do everything, with one exception. No web page
// may change the registry through the browser of a person who can reach this server (cross_site.h).
// Always decides at once.
class AnonymousCallers : public Authenticator {
 public:
  // A page of an origin that is named in `origins` may change the registry, too.
  explicit AnonymousCallers(TrustedHosts hosts, AllowedOrigins origins = {})
      : hosts_(std::move(hosts)), origins_(std::move(origins)) {}

  // kDenied with the reason. Reading and predicting are never refused.
  std::optional<base::Status> Authenticate(AuthenticationRequest& asked) override;

 private:
  const TrustedHosts hosts_;
  const AllowedOrigins origins_;
};

}  // namespace moorage::api

#include "edge/api/anonymous_callers.h"

namespace moorage::api {

std::optional<base::Status> AnonymousCallers::Authenticate(AuthenticationRequest& asked) {
  // Predictions and reads change nothing, so a page of any site may ask for them.
  if (asked.operation().is_inference) return base::Status();
  const Request& request = asked.request();
  if (request.method == Method::kGet || request.method == Method::kHead) return base::Status();
  const auto origin = request.Find("origin");
  if (origin.has_value() && origins_.MayChange(*origin)) return base::Status();
  const auto refusal = RefusalOf({.host = request.Find("host"),
                                  .origin = origin,
                                  .fetch_site = request.Find("sec-fetch-site")},
                                 hosts_);
  if (refusal) return base::Error{base::Code::kDenied, *refusal};
  return base::Status();
}

}  // namespace moorage::api

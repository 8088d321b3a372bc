#include "edge/api/anonymous_callers.h"

#include "edge/api/operation.h"

namespace moorage::api {

base::Status AnonymousCallers::Authenticate(const Request& request, CallContext& context) {
  if (context.operation->is_inference) return {};
  if (request.method == Method::kGet || request.method == Method::kHead) return {};
  const auto refusal = RefusalOf({.host = request.Find("host"),
                                  .origin = request.Find("origin"),
                                  .fetch_site = request.Find("sec-fetch-site")},
                                 hosts_);
  if (refusal) return base::Error{base::Code::kDenied, *refusal};
  return {};
}

}  // namespace moorage::api

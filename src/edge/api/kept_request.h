#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "edge/api/request.h"

namespace moorage::api {

// A copy of a request with everything that its views point to. For a call that goes on after the
// connection's buffer has moved. Costs two allocations.
class KeptRequest {
 public:
  explicit KeptRequest(const Request& request);

  // What a copy of this request takes.
  static std::size_t BytesOf(const Request& request);
  KeptRequest(const KeptRequest&) = delete;
  KeptRequest& operator=(const KeptRequest&) = delete;

  // Valid as long as this object.
  const Request& request() const { return request_; }

 private:
  std::string text_;  // path, query, headers and body, end to end
  std::vector<Header> headers_;
  Request request_;
};

}  // namespace moorage::api

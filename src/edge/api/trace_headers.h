#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/random.h"

namespace moorage::api {

// True if a caller's X-Request-Id is fit to be echoed and logged. That is 1 to 128 visible ASCII
// characters.
bool IsRequestId(std::string_view text);

// True for a `traceparent` of W3C Trace Context level 1, "00-<32 hex>-<16 hex>-<2 hex>". It is
// lower case and its ids are not zero. Later versions may go on after another '-'.
bool IsTraceParent(std::string_view text);

// Makes ids for requests without one. An id is 12 random hexadecimal digits of the reactor, '-',
// and a count. One object per reactor.
class RequestIds {
 public:
  explicit RequestIds(base::Random& random);

  void AssignTo(std::string& id);

 private:
  const std::string prefix_;
  std::uint64_t next_ = 1;
};

}  // namespace moorage::api

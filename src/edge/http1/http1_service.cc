#include "edge/http1/http1_service.h"

#include "edge/http1/http1_exchange.h"

namespace moorage::http1 {

Http1Service::Http1Service(api::Dispatcher& dispatcher, const base::Clock& clock,
                           const Http1Limits& limits)
    : dispatcher_(dispatcher), limits_(limits), parser_(limits.head), date_(clock) {}

Http1Service::~Http1Service() = default;

Http1Exchange& Http1Service::Acquire() {
  if (free_.empty()) {
    all_.push_back(std::make_unique<Http1Exchange>(*this));
    // Room for every exchange, so that Recycle() never allocates.
    free_.reserve(all_.size());
    return *all_.back();
  }
  Http1Exchange& exchange = *free_.back();
  free_.pop_back();
  return exchange;
}

void Http1Service::Recycle(Http1Exchange& exchange) { free_.push_back(&exchange); }

}  // namespace moorage::http1

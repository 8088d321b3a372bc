#pragma once

// What is told of each call to metrics and log.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edge/api/call_facts.h"
#include "foundation/model/call_context.h"

namespace moorage::api {

// Sees every call twice, before its handler and when its answer is complete. One object per
// reactor, called on the reactor's thread. It must be cheap and must not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;

  // True if the body of this inference call, of so many bytes, is to be kept in `facts.payload` for
  // its record.
  virtual bool KeepsPayload(const model::CallContext& context, std::size_t bytes) = 0;

  // The call is over and `facts` are complete. `body` is the answer's. It is empty for streams and
  // where the client went away.
  virtual void Finished(const model::CallContext& context, const CallFacts& facts,
                        std::string_view body) = 0;

  // The version with this ModelLabel::id was unloaded, and what is kept of it may go. Returns false
  // while an answer in flight still has its label. The caller then asks again after the next tick.
  virtual bool Forget(std::uint32_t /*label*/) { return true; }
};

}  // namespace moorage::api

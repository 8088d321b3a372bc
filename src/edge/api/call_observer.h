#pragma once

#include <string_view>

#include "edge/api/call_context.h"
#include "foundation/base/clock.h"

namespace moorage::api {

// Sees every call twice: before its handler and when its answer is complete. One object per
// reactor, called on the reactor's thread; it must be cheap and must not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;

  // True if the body of this inference call is to be kept in `context.payload` for its record.
  virtual bool KeepsPayload(const CallContext& context) = 0;

  // `status` is that of HTTP; 499 if the client went away before the answer was complete. `body` is
  // the answer's, empty for streams and gone clients. `context.operation` is null where nothing
  // matched.
  virtual void Finished(const CallContext& context, int status, std::string_view body,
                        base::Duration duration) = 0;
};

}  // namespace moorage::api

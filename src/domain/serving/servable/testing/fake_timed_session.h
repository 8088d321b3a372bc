#pragma once

#include "domain/serving/servable/testing/fake_shared_clock.h"
#include "platform/runtime/testing/fake_backend.h"

namespace moorage::servable {

// The linear fake with three features. Its runs move the clock on.
class FakeTimedSession : public runtime::FakeSession {
 public:
  struct Time {
    base::Duration fixed{0};
    base::Duration per_row{0};
  };

  FakeTimedSession(runtime::FakeScript& script, FakeSharedClock& clock, const Time& time)
      : FakeSession(script, 3), clock_(clock), time_(time) {}

  base::Result<runtime::Outputs> Run(std::span<const model::TensorView> inputs,
                                     std::span<const std::size_t> wanted,
                                     runtime::RunControl* control) const override {
    clock_.Advance(time_.fixed + time_.per_row * static_cast<long>(inputs[0].shape[0]));
    return FakeSession::Run(inputs, wanted, control);
  }

 private:
  FakeSharedClock& clock_;
  const Time time_;
};

}  // namespace moorage::servable

#pragma once

// The Date header of answers. The reactor's thread only.

#include <string>
#include <string_view>

#include "foundation/base/clock.h"

namespace moorage::http1 {

// Formats "Date: Tue, 27 Jan 2026 01:08:12 GMT\r\n" once a second.
class DateLine {
 public:
  explicit DateLine(const base::Clock& clock) : clock_(clock) {}

  // Returns the line for `now`, the tick's time. The view is valid until the next call.
  std::string_view At(base::Instant now) {
    if (now >= fresh_until_) Refresh(now);
    return line_;
  }

 private:
  void Refresh(base::Instant now);

  const base::Clock& clock_;
  base::Instant fresh_until_ = base::Instant::min();
  std::string line_;
};

}  // namespace moorage::http1

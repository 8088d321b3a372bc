#pragma once

#include <string>
#include <string_view>

#include "foundation/base/clock.h"

namespace moorage::http1 {

// The Date header of answers, "Date: Tue, 27 Jan 2026 01:08:12 GMT\r\n", made once a second.
class DateLine {
 public:
  explicit DateLine(const base::Clock& clock) : clock_(clock) {}

  // `now` is the tick's time. The view is valid until the next call.
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

#pragma once

#include <cstddef>

#include "foundation/base/result.h"

namespace moorage::inference {

// Asked while a large answer is written, away from a reactor. An error ends the writing.
class AnswerWatch {
 public:
  virtual ~AnswerWatch() = default;

  // `bytes` are held for the answer so far.
  virtual base::Status Check(std::size_t bytes) = 0;
};

}  // namespace moorage::inference

#pragma once

// What is recorded of a call.

#include <cstddef>
#include <string>
#include <string_view>

#include "edge/api/answer_reason.h"
#include "foundation/base/clock.h"
#include "foundation/model/model_label.h"

namespace moorage::api {

struct Operation;

// What is recorded of a call. The codec, the dispatcher and the handler fill it on the way. A
// CallObserver reads it once, when the answer is complete. Rooms below the edge do not see it.
struct CallFacts {
  const Operation* operation = nullptr;  // null if nothing matched
  model::SharedLabel model;              // null if no version was found
  std::size_t rows = 0;
  base::Instant start{};       // when the first byte of the request arrived
  base::Duration queued{0};    // of its run
  base::Duration ran{0};       // of its run
  std::string method;          // "GET", at most 32 bytes, empty for inference
  std::string path;            // without query, its first 512 bytes, empty for inference
  std::string payload;         // the body as received, if the observer keeps it
  std::size_t body_bytes = 0;  // of the body as received, 0 unless it is an inference

  // What the client got.
  AnswerReason reason = AnswerReason::kHandler;
  int status = 0;              // of HTTP, 499 if the client went away before
  base::Duration duration{0};  // from `start` until the answer was complete
  std::string error;           // its code, empty if all went well
  std::string error_message;   // its sentence

  // Returns to the state of a new call. The strings keep their memory for the next call.
  void Reset();
};

}  // namespace moorage::api

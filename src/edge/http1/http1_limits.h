#pragma once

// What an HTTP/1.1 connection may ask for. A number after a limit is the status of the refusal.

#include <cstddef>

#include "edge/http1/http1_parser.h"
#include "foundation/base/clock.h"

namespace moorage::http1 {

struct Http1Limits {
  Http1Parser::Limits head = {};
  // Requests of a connection that are not answered yet. They fill a batch, and three such clients
  // in one tick leave places of the default `max_concurrent_requests` to others.
  std::size_t max_pipelined = 32;
  std::size_t high_water = 256U << 10U;  // unsent bytes above which streams and requests pause
  base::Duration head_timeout = std::chrono::seconds(10);  // from its first byte, 408
  // A body gets 408 if a window ends that has brought neither its end nor this many bytes.
  base::Duration body_window = std::chrono::seconds(30);
  std::size_t body_window_bytes = 30U << 10U;
  // A refused body of at most this size is discarded. After a larger one the connection ends.
  std::size_t skipped_body = 64U << 10U;
  base::Duration idle_timeout = std::chrono::seconds(75);
};

}  // namespace moorage::http1

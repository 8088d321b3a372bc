#include "main/wire_lane.h"

namespace moorage::main {

lane::BatchExecutor::Options ExecutorOptionsOf(std::size_t reactors) {
  return {.threads = reactors};
}

lane::InferenceLane::Options LaneOptionsOf(const config::Config::Serving& config,
                                           std::size_t reactors) {
  // Each reactor limits its own lane. Its share is rounded up, so no lane has a limit of 0.
  return {.batch_size = config.batch_size,
          .max_concurrent_requests = (config.max_concurrent_requests + reactors - 1) / reactors,
          .inline_run = config.inline_run,
          .inline_tick = config.inline_tick};
}

}  // namespace moorage::main

#include "main/wire_lane.h"

namespace moorage::main {

lane::BatchExecutor::Options ExecutorOptionsOf(std::size_t reactors) {
  return {.threads = reactors};
}

lane::Admission::Options AdmissionOptionsOf(const config::Config::Serving& config,
                                            base::MemoryBudget* memory) {
  return {.max_requests = config.max_concurrent_requests, .memory = memory};
}

lane::InferenceLane::Options LaneOptionsOf(const config::Config::Serving& config,
                                           lane::Admission& admission) {
  return {.batch_size = config.batch_size,
          .admission = &admission,
          .inline_run = config.inline_run,
          .inline_tick = config.inline_tick};
}

}  // namespace moorage::main

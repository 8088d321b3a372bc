#include "main/wire_lane.h"

#include <algorithm>

namespace moorage::main {
namespace {

// Long runs have about two thirds of the time of a reactor that wants the processor, too. With less
// of it a run that cannot be stopped would go on for long after its client has gone.
constexpr int kNiceness = 2;

}  // namespace

lane::BatchExecutor::Options ExecutorOptionsOf(std::size_t reactors) {
  // Half as many for short requests, because reactors and short runs seldom use every processor.
  return {.threads = reactors,
          .short_threads = std::max<std::size_t>(reactors / 2, 1),
          .niceness = kNiceness};
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

#include "main/wire_lane.h"

#include <algorithm>

namespace moorage::main {
namespace {

// Long runs have about a third of a processor's time where a reactor wants it too.
constexpr int kNiceness = 5;

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

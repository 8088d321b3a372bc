#pragma once

// Runs the jobs that a worker took from a RunQueue together. It merges rows of several jobs into
// one input, in groups of a batch's size. A group that fails is run again piece by piece. A piece
// that is late is not run. It has no state, so any thread may use it.

#include <cstddef>
#include <span>

#include "domain/serving/lane/run_queue.h"
#include "domain/serving/lane/run_watch.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "platform/runtime/session.h"

namespace moorage::lane {

class BatchRunner {
 public:
  BatchRunner(RunQueue& queue, RunWatch& watch, const base::Clock& clock)
      : queue_(queue), watch_(watch), clock_(clock) {}

  // Afterwards every piece of every job has its result.
  void Run(Jobs& jobs) const;

 private:
  struct Load;
  static base::Result<runtime::Outputs> RunTogether(std::span<const Load> loads, std::size_t rows,
                                                    servable::RowBuffers& merged,
                                                    runtime::RunControl* control);
  bool RunLoads(std::span<const Load> loads, std::size_t rows, servable::RowBuffers& merged) const;

  RunQueue& queue_;
  RunWatch& watch_;
  const base::Clock& clock_;
};

}  // namespace moorage::lane

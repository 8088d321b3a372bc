#pragma once

// Runs the requests that a worker took from a RunQueue together. It merges rows of several batches
// into one input. A run that fails for several is made again one by one. A request that is late, or
// that no client waits for, is not run. It has no state, so any thread may use it.

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

  // Afterwards each request has its result.
  void Run(Requests& requests) const;

 private:
  class WorkOnThread;
  using Loads = std::span<QueuedRequest* const>;

  // Nothing if the request should run, else why not.
  base::Status Runnable(const QueuedRequest& request) const;
  void RunWork(QueuedRequest& request) const;
  base::Result<runtime::Outputs> RunTogether(Loads loads, std::size_t rows,
                                             runtime::RunControl* control) const;
  bool RunLoads(Loads loads) const;

  RunQueue& queue_;
  RunWatch& watch_;
  const base::Clock& clock_;
};

}  // namespace moorage::lane

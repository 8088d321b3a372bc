#pragma once

// The jobs that the executor has finished for one lane, until the lane's Collect() takes them. The
// executor may hold it longer than the lane exists, so what is put after Close() is dropped.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "domain/serving/lane/batch.h"
#include "foundation/base/inline_function.h"
#include "foundation/base/mutex.h"
#include "foundation/base/result.h"
#include "platform/runtime/session.h"

namespace moorage::lane {

class CompletionQueue;

// The result of one piece on the executor. The outputs are shared by all pieces of the run.
struct PieceResult {
  std::shared_ptr<const runtime::Outputs> outputs;
  std::size_t first_row = 0;
  bool whole = false;
  std::size_t batch_rows = 0;
  base::Duration queued{0};
  base::Duration ran{0};
};

// One run, as the lane's cost estimate and observer want it.
struct RunSample {
  std::size_t rows = 0;
  std::size_t requests = 0;  // of this job
  base::Duration queued{0};
  base::Duration ran{0};
  base::Instant start{};
};

// A batch on its way through the executor and back.
struct BatchJob {
  std::unique_ptr<BatchData> data;
  std::size_t batch_size = 1;
  std::uint64_t ticket = 0;  // the lane's name for it
  std::shared_ptr<CompletionQueue> reply;
  std::vector<base::Result<PieceResult>> results;  // one per piece, when it comes back
  std::vector<RunSample> runs;
};

// Executor threads put, the reactor takes.
class CompletionQueue {
 public:
  explicit CompletionQueue(base::InlineFunction<void(), 64> wake) : wake_(std::move(wake)) {}

  void Put(std::unique_ptr<BatchJob> job) EXCLUDES(mu_);
  std::vector<std::unique_ptr<BatchJob>> Take() EXCLUDES(mu_);
  // May lag behind Put(), but not behind the wake-up that Put() makes.
  bool empty() const { return !filled_.load(std::memory_order_acquire); }
  void Wake() EXCLUDES(mu_);
  void Close() EXCLUDES(mu_);

 private:
  std::atomic<bool> filled_{false};
  base::Mutex mu_;
  base::InlineFunction<void(), 64> wake_ GUARDED_BY(mu_);  // empty once it is closed
  std::vector<std::unique_ptr<BatchJob>> finished_ GUARDED_BY(mu_);
};

}  // namespace moorage::lane

#pragma once

// One request on its way through the executor and back. It belongs to one thread at a time:
//
//   lane -> RunQueue -> a worker -> CompletionQueue -> lane
//
// It always comes back, unless its lane has been destroyed. A lane that no longer wants it calls
// Abandon() from outside, and answers its client without waiting.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch.h"
#include "domain/serving/lane/executor_work.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/clock.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"
#include "platform/runtime/session.h"

namespace moorage::lane {

class CompletionQueue;

// The answer to one request on the executor.
struct RequestResult {
  std::shared_ptr<const runtime::Outputs> run;  // of all requests of the run, null for work
  std::size_t first_row = 0;
  bool whole = false;
  std::size_t batch_rows = 0;
  base::Duration queued{0};
  base::Duration ran{0};
  base::Duration used{0};  // processor time of the run, 0 for work
};

struct QueuedRequest {
  QueuedRequest(std::shared_ptr<BatchData> batch_in, const Piece& piece_in)
      : batch(std::move(batch_in)), piece(piece_in), servable(batch->servable) {}
  // Work, in the turn of `servable_in`, which may be null.
  QueuedRequest(servable::ServableHandle servable_in, const Piece& piece_in, WorkFunction work_in)
      : piece(piece_in), servable(std::move(servable_in)), work(std::move(work_in)) {}

  bool is_work() const { return batch == nullptr; }
  // Any thread.
  bool wanted() const { return abandoned.load() == base::CancelReason::kNone; }
  void Abandon(base::CancelReason reason) { abandoned = reason; }

  // Constant after construction, except that a worker clears them on the way back.
  std::shared_ptr<BatchData> batch;  // null for work
  Piece piece;
  servable::ServableHandle servable;
  WorkFunction work;
  // The rest of a request that was admitted before, so no prediction refuses it.
  bool is_rest = false;
  std::size_t batch_size = 1;
  base::MemoryBudget* memory = nullptr;  // may be null
  std::uint64_t serial = 0;              // the lane's name for it
  std::shared_ptr<CompletionQueue> reply;

  // Of the queue, under its lock.
  base::Duration cost{0};     // predicted, if it runs by itself
  base::Duration charged{0};  // what its turn cost its client
  bool is_short = false;      // a thread for short requests may take it

  base::Result<RequestResult> result =
      base::Error{base::Code::kInternal, "predict: not run"};  // when it comes back

  std::atomic<base::CancelReason> abandoned{base::CancelReason::kNone};
};

using Requests = std::vector<std::unique_ptr<QueuedRequest>>;

// True if rows of both may be input of one run.
bool MayShareARun(const QueuedRequest& a, const QueuedRequest& b);

// Gives each request to the completion queue of its lane.
void Return(Requests requests);

}  // namespace moorage::lane

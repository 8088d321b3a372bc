#pragma once

// Requests that are too large for a reactor.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "domain/serving/lane/executor_work.h"
#include "edge/api/exchange.h"
#include "edge/api/owned_body.h"
#include "edge/inference/answer_watch.h"
#include "edge/inference/inference_service.h"
#include "foundation/base/memory_budget.h"
#include "foundation/json/byte_buffer.h"
#include "foundation/json/json_output.h"

namespace moorage::inference {

// A request that is decoded, run and written as one piece of work on a thread of the executor. The
// reactor makes it, hands it over and sends its answer. It holds nothing of the reactor.
//
//   auto call = std::make_shared<LargePredict>(...);
//   SubmitLarge(inference, std::move(exchange), std::move(call));
class LargeCall : public AnswerWatch {
 public:
  // What work takes along of the reactor that asked.
  struct Origin {
    servable::ServableHandle servable;
    api::OwnedBody body;
    std::string request_id;
    const base::Clock& clock;
    base::MemoryBudget* memory = nullptr;  // null if every size is granted
    bool accepts_gzip = false;             // a large answer is compressed
  };

  explicit LargeCall(Origin origin);

  // On a thread of the executor, once.
  base::Status Work(lane::WorkRun& run);

  const servable::ServableHandle& servable() const { return origin_.servable; }
  std::string_view body() const { return origin_.body.text(); }
  // Once Work() has succeeded, until it is sent.
  std::string_view answer() const { return json_.view(); }
  // Sends the answer from the memory in which it was written. Once, after Work() has succeeded.
  void SendTo(api::Exchange& exchange);
  std::size_t rows() const { return rows_; }

  base::Status Check(std::size_t bytes) override;

 protected:
  // Fills json_ and rows_.
  virtual base::Status Answer(lane::WorkRun& run) = 0;

  // The text was decoded. Returns its memory.
  void ForgetBody() { origin_.body.Release(); }
  const Origin& origin() const { return origin_; }

  json::JsonOutput json_;
  std::size_t rows_ = 0;

 private:
  // Compresses the answer in slices. Leaves it as it is where memory is short or nothing is gained.
  base::Status Pack(const lane::WorkRun& run);

  Origin origin_;
  base::MemoryCharge answer_charge_;
  json::ByteBuffer packed_;
  base::MemoryCharge packed_charge_;
  lane::WorkRun* run_ = nullptr;  // while Work() runs
};

// An error of the model if rows that may share a run were not answered row by row.
base::Status CheckRows(const servable::Servable& servable, const runtime::Outputs& outputs,
                       std::size_t rows);

// What a large call takes along. The body leaves the exchange. kExhausted without memory for it.
base::Result<LargeCall::Origin> OriginOf(const InferenceService& inference, api::Exchange& exchange,
                                         const servable::ServableHandle& servable);

// Hands the call to the executor, and answers the exchange when it is over.
void SubmitLarge(InferenceService& inference, api::ExchangeRef exchange,
                 std::shared_ptr<LargeCall> call);
// The same for the rest of a request whose completion is being called. `cost` is what it will
// probably take.
void SubmitRest(InferenceService& inference, api::ExchangeRef exchange,
                std::shared_ptr<LargeCall> call, base::Duration cost);

}  // namespace moorage::inference

#include "edge/inference/large_call.h"

#include <chrono>
#include <utility>

#include "domain/serving/servable/row_run.h"

namespace moorage::inference {

namespace {

// Decoding and writing take about so long for each byte of the body. It only has to order the queue
// of the executor.
constexpr base::Duration kPerByte{10};

}  // namespace

LargeCall::LargeCall(Origin origin) : origin_(std::move(origin)) {
  if (origin_.memory == nullptr) return;
  answer_charge_ = base::MemoryCharge(*origin_.memory, base::MemoryPurpose::kAnswers);
}

base::Status LargeCall::Work(lane::WorkRun& run) {
  run_ = &run;
  base::Status answered = Answer(run);
  run_ = nullptr;
  ForgetBody();
  if (answered.ok()) answered = answer_charge_.Resize(json_.capacity());
  return answered;
}

base::Status LargeCall::Check(std::size_t bytes) {
  RETURN_IF_ERROR(run_->Wanted());
  return answer_charge_.Resize(bytes);
}

base::Status CheckRows(const servable::Servable& servable, const runtime::Outputs& outputs,
                       std::size_t rows) {
  if (!servable.batchable || servable::FollowsRows(outputs.tensors(), rows)) return {};
  return servable::InvalidOutput("predict " + servable.name.value() + ": the model answered " +
                                 std::to_string(rows) + " rows with another number of rows");
}

base::Result<LargeCall::Origin> OriginOf(const InferenceService& inference, api::Exchange& exchange,
                                         const servable::ServableHandle& servable) {
  ASSIGN_OR_RETURN(api::OwnedBody body,
                   exchange.TakeBody(inference.Charge(base::MemoryPurpose::kInput)));
  return LargeCall::Origin{.servable = servable,
                           .body = std::move(body),
                           .request_id = exchange.context().request_id,
                           .clock = inference.clock(),
                           .memory = inference.memory()};
}

void SubmitLarge(InferenceService& inference, api::ExchangeRef exchange,
                 std::shared_ptr<LargeCall> call) {
  const lane::SubmitOptions options = inference.OptionsOf(*exchange);
  const servable::ServableHandle servable = call->servable();
  const base::Duration cost =
      servable->cost.Of(1) + kPerByte * static_cast<std::int64_t>(call->body().size());
  inference.lane().SubmitWork(
      servable, options, cost, [call](lane::WorkRun& run) { return call->Work(run); },
      [call, exchange = std::move(exchange)](const base::Result<lane::InferAnswer>& done) mutable {
        // The work may still run after an error, so nothing of it is read.
        if (!done.ok()) return exchange->Fail(done.error());
        api::CallFacts& facts = exchange->facts();
        // What a run before this work took is noted already.
        facts.queued += done->queued;
        facts.ran += done->ran;
        facts.rows = call->rows();
        exchange->Send({.body = call->answer(), .headers = {}});
      });
}

}  // namespace moorage::inference

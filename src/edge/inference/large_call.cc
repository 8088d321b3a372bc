#include "edge/inference/large_call.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "domain/serving/servable/row_run.h"
#include "edge/api/content_coding.h"

namespace moorage::inference {

namespace {

// Decoding and writing take about so long for each byte of the body. It only has to order the queue
// of the executor.
constexpr base::Duration kPerByte{10};
// Text of a number and its comma.
constexpr std::size_t kUsualNumber = 6;

// What decoding and running this body will probably take.
base::Duration CostOfBody(const servable::Servable& servable, std::size_t bytes) {
  const std::size_t features =
      servable.layout.ok() ? std::max<std::size_t>(servable.layout->features(), 1) : 1;
  const std::size_t rows = std::max<std::size_t>(bytes / (kUsualNumber * features), 1);
  return servable.cost.Of(rows) + kPerByte * static_cast<std::int64_t>(bytes);
}

void Submit(InferenceService& inference, api::ExchangeRef exchange, std::shared_ptr<LargeCall> call,
            base::Duration cost, const lane::SubmitOptions& options) {
  const servable::ServableHandle servable = call->servable();
  lane::WorkFunction work = [call](lane::WorkRun& run) { return call->Work(run); };
  inference.lane().SubmitWork(servable, options, cost, std::move(work),
                              [call = std::move(call), exchange = std::move(exchange)](
                                  const base::Result<lane::InferAnswer>& done) mutable {
                                // The work may still run after an error, so nothing of it is read.
                                if (!done.ok()) return exchange->Fail(done.error());
                                api::CallFacts& facts = exchange->facts();
                                // What a run before this work took is noted already.
                                facts.queued += done->queued;
                                facts.ran += done->ran;
                                facts.rows = call->rows();
                                call->SendTo(*exchange);
                              });
}

}  // namespace

LargeCall::LargeCall(Origin origin) : origin_(std::move(origin)) {
  if (origin_.memory == nullptr) return;
  answer_charge_ = base::MemoryCharge(*origin_.memory, base::MemoryPurpose::kAnswers);
  packed_charge_ = base::MemoryCharge(*origin_.memory, base::MemoryPurpose::kAnswers);
}

base::Status LargeCall::Work(lane::WorkRun& run) {
  run_ = &run;
  json_.LeaveFront(api::AnswerMemory::kFront);
  base::Status answered = Answer(run);
  run_ = nullptr;
  ForgetBody();
  if (answered.ok()) answered = answer_charge_.Resize(json_.capacity());
  // A smaller answer is compressed by its codec.
  const bool packs = origin_.accepts_gzip && json_.view().size() > api::kMostCompressedAtOnce;
  if (answered.ok() && packs) answered = Pack(run);
  return answered;
}

base::Status LargeCall::Pack(const lane::WorkRun& run) {
  constexpr std::size_t kSlice = std::size_t{128} << 10U;
  const std::string_view text = json_.view();
  packed_.LeaveFront(api::AnswerMemory::kFront);
  api::Deflater deflater;
  bool packs = true;
  for (std::size_t at = 0; packs && at < text.size(); at += kSlice) {
    RETURN_IF_ERROR(run.Wanted());
    const std::size_t room = packed_.CapacityFor(kSlice + api::Deflater::kDelayed);
    const bool is_last = at + kSlice >= text.size();
    packs = packed_charge_.Resize(room).ok() &&
            deflater.Add(text.substr(at, kSlice),
                         is_last ? api::Deflater::Piece::kLast : api::Deflater::Piece::kMore,
                         packed_) &&
            packed_.size() < text.size();
  }
  if (packs) return {};
  packed_.Release();
  packed_charge_.Release();
  return {};
}

void LargeCall::SendTo(api::Exchange& exchange) {
  const std::string_view answer = json_.view();
  if (packed_.empty()) {
    api::AnswerMemory memory{.bytes = json_.Take(), .charge = std::move(answer_charge_)};
    return exchange.Send({.body = answer, .headers = {}, .memory = &memory});
  }
  const std::string_view packed = packed_.view();
  const api::Header coding = {"Content-Encoding", "gzip"};
  api::AnswerMemory memory{.bytes = std::move(packed_), .charge = std::move(packed_charge_)};
  exchange.Send(
      {.body = packed, .headers = {&coding, 1}, .readable_body = answer, .memory = &memory});
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
                           .memory = inference.memory(),
                           .accepts_gzip = exchange.accepts_gzip()};
}

void SubmitLarge(InferenceService& inference, api::ExchangeRef exchange,
                 std::shared_ptr<LargeCall> call) {
  const base::Duration cost = CostOfBody(*call->servable(), call->body().size());
  const lane::SubmitOptions options = inference.OptionsOf(*exchange);
  Submit(inference, std::move(exchange), std::move(call), cost, options);
}

void SubmitRest(InferenceService& inference, api::ExchangeRef exchange,
                std::shared_ptr<LargeCall> call, base::Duration cost) {
  lane::SubmitOptions options = inference.OptionsOf(*exchange);
  options.is_rest = true;
  Submit(inference, std::move(exchange), std::move(call), cost, options);
}

}  // namespace moorage::inference

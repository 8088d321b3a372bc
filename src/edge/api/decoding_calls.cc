#include "edge/api/decoding_calls.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "edge/api/error_body.h"
#include "edge/api/kept_request.h"
#include "edge/api/owned_body.h"
#include "edge/api/status_map.h"
#include "foundation/base/units.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::api {
namespace {

// About 0.5 ms of work.
constexpr std::size_t kSlice = 128U << 10U;

// The views of the head, without the body.
Request HeadOf(const Request& request) {
  Request head = request;
  head.body = {};
  return head;
}

void RefuseCoded(Exchange& exchange, int status, std::string message) {
  exchange.facts().reason = ReasonOfFraming(status);
  SendError(exchange, status, CodeOfFraming(status), {base::Code::kInvalid, std::move(message)});
}

}  // namespace

struct DecodingCalls::Call {
  Call(ExchangeRef taken, OwnedBody text, ContentCoding coding, std::size_t bound,
       base::MemoryCharge none)
      : exchange(std::move(taken)),
        head(HeadOf(exchange->request())),
        compressed(std::move(text)),
        inflater(coding),
        most(bound),
        charge(std::move(none)) {}

  ExchangeRef exchange;
  const KeptRequest head;
  OwnedBody compressed;
  Inflater inflater;
  const std::size_t most;
  base::MemoryCharge charge;  // for `body`
  json::ByteBuffer body;
};

DecodingCalls::DecodingCalls(const base::Clock& clock, base::MemoryBudget* memory, Resume resume)
    : clock_(clock), memory_(memory), resume_(std::move(resume)) {}

DecodingCalls::~DecodingCalls() = default;

void DecodingCalls::Add(ExchangeRef exchange, ContentCoding coding, std::size_t most) {
  const auto charge = [this] {
    return memory_ == nullptr ? base::MemoryCharge()
                              : base::MemoryCharge(*memory_, base::MemoryPurpose::kInput);
  };
  base::Result<OwnedBody> compressed = exchange->TakeBody(charge());
  if (!compressed.ok()) {
    return RefuseCoded(*exchange, 429, "the server has no memory left for this request");
  }
  auto call =
      std::make_unique<Call>(std::move(exchange), *std::move(compressed), coding, most, charge());
  call->exchange->AdoptRequest(call->head.request());
  if (!Step(*call)) calls_.push_back(std::move(call));
}

void DecodingCalls::Work() {
  if (calls_.empty()) return;
  // Taken out, because the handler of a call may add another.
  std::unique_ptr<Call> call = std::move(calls_.front());
  calls_.erase(calls_.begin());
  if (!Step(*call)) calls_.push_back(std::move(call));
}

bool DecodingCalls::Step(Call& call) {
  Exchange& exchange = *call.exchange;
  if (!exchange.alive()) {
    call.exchange.reset();  // recorded as 499
    return true;
  }
  if (clock_.Monotonic() >= exchange.context().deadline) {
    exchange.Fail({base::Code::kDeadline, "the body could not be decompressed in time"});
    return true;
  }
  // One byte more than the bound shows that a body is too large.
  const std::size_t slice = std::min(kSlice, call.most + 1 - call.body.size());
  const bool grows = call.body.CapacityFor(slice) != call.body.capacity();
  if (grows && !call.charge.Resize(call.body.PeakFor(slice)).ok()) {
    RefuseCoded(exchange, 429, "the server has no memory left for this request");
    return true;
  }
  const Inflater::Step step = call.inflater.Go(call.compressed.text(), slice, call.body);
  static_cast<void>(call.charge.Resize(call.body.capacity()));
  if (call.body.size() > call.most) {
    RefuseCoded(exchange, 413,
                "the decompressed body is larger than this operation accepts (at most " +
                    base::FormatBytes(call.most) + ")");
    return true;
  }
  if (step == Inflater::Step::kMore) return false;
  if (step == Inflater::Step::kBroken) {
    RefuseCoded(exchange, 400, "the body is not what its Content-Encoding says");
    return true;
  }
  call.compressed.Release();
  const std::string_view text = call.body.view();
  auto memory = std::make_shared<json::ByteBuffer>(std::move(call.body));
  exchange.AdoptBody(OwnedBody(std::move(memory), text, std::move(call.charge)));
  resume_(std::move(call.exchange));
  return true;
}

}  // namespace moorage::api

#include "edge/api/decoding_calls.h"

#include <algorithm>
#include <string>
#include <utility>

#include "edge/api/error_body.h"
#include "edge/api/kept_request.h"
#include "edge/api/status_map.h"
#include "foundation/base/units.h"

namespace moorage::api {
namespace {

// About 0.5 ms of work.
constexpr std::size_t kSlice = 128U << 10U;

void RefuseCoded(Exchange& exchange, int status, std::string message) {
  exchange.facts().reason = ReasonOfFraming(status);
  SendError(exchange, status, CodeOfFraming(status), {base::Code::kInvalid, std::move(message)});
}

}  // namespace

struct DecodingCalls::Call {
  Call(ExchangeRef taken, ContentCoding coding, std::size_t bound, base::MemoryBudget* memory)
      : exchange(std::move(taken)), kept(exchange->request()), inflater(coding), most(bound) {
    if (memory != nullptr) {
      copy_charge = base::MemoryCharge(*memory, base::MemoryPurpose::kInput);
      charge = base::MemoryCharge(*memory, base::MemoryPurpose::kInput);
    }
  }

  ExchangeRef exchange;
  const KeptRequest kept;
  Inflater inflater;
  const std::size_t most;
  base::MemoryCharge copy_charge;
  base::MemoryCharge charge;
  json::ByteBuffer body;
};

DecodingCalls::DecodingCalls(const base::Clock& clock, base::MemoryBudget* memory, Resume resume)
    : clock_(clock), memory_(memory), resume_(std::move(resume)) {}

DecodingCalls::~DecodingCalls() = default;

void DecodingCalls::Add(ExchangeRef exchange, ContentCoding coding, std::size_t most) {
  const std::size_t copied = exchange->request().body.size();
  base::MemoryCharge room;
  if (memory_ != nullptr) room = base::MemoryCharge(*memory_, base::MemoryPurpose::kInput);
  if (!room.Resize(copied).ok()) {
    return RefuseCoded(*exchange, 429, "the server has no memory left for this request");
  }
  auto call = std::make_unique<Call>(std::move(exchange), coding, most, memory_);
  call->copy_charge = std::move(room);
  call->exchange->AdoptRequest(call->kept.request());
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
  const std::size_t held = call.body.capacity();
  const std::size_t wanted = call.body.CapacityFor(slice);
  // Both buffers exist while one is copied to the other.
  if (wanted != held && !call.charge.Resize(held + wanted).ok()) {
    RefuseCoded(exchange, 429, "the server has no memory left for this request");
    return true;
  }
  const Inflater::Step step = call.inflater.Go(call.kept.request().body, slice, call.body);
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
  Request whole = call.kept.request();
  whole.body = call.body.view();
  exchange.AdoptRequest(whole);
  resume_(std::move(call.exchange));
  return true;
}

}  // namespace moorage::api

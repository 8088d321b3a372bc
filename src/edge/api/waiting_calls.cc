#include "edge/api/waiting_calls.h"

#include <algorithm>
#include <utility>

#include "edge/api/kept_request.h"

namespace moorage::api {
namespace {

const base::Error& ClientGone() {
  static const base::Error kGone{base::Code::kCancelled, "the client went away"};
  return kGone;
}

}  // namespace

struct WaitingCalls::Call {
  Call(WaitingCalls& owning, ExchangeRef taken, base::MemoryCharge room)
      : owner(owning),
        exchange(std::move(taken)),
        charge(std::move(room)),
        kept(exchange->request()) {
    exchange->AdoptRequest(kept.request());
  }

  WaitingCalls& owner;
  ExchangeRef exchange;
  const base::MemoryCharge charge;  // of `kept`
  const KeptRequest kept;
};

WaitingCalls::WaitingCalls(const Limits& limits, const base::Clock& clock, Resume resume)
    : limits_(limits), clock_(clock), resume_(std::move(resume)) {}

WaitingCalls::~WaitingCalls() = default;

base::Result<PendingDecision> WaitingCalls::Add(ExchangeRef& exchange, CallState state) {
  const std::size_t bytes = exchange->request().body.size();
  const auto is_full = [&] {
    return calls_.size() >= limits_.calls || body_bytes_ + bytes > limits_.body_bytes;
  };
  if (is_full()) {
    return base::Error{base::Code::kExhausted,
                       "too many requests wait for their authentication; try again in a second"};
  }
  base::MemoryCharge room;
  if (limits_.memory != nullptr) {
    room = base::MemoryCharge(*limits_.memory, base::MemoryPurpose::kInput);
  }
  if (!room.Resize(KeptRequest::BytesOf(exchange->request())).ok()) {
    return base::Error{base::Code::kExhausted,
                       "the server has no memory left for this request; try again in a second"};
  }
  exchange->MoveTo(state);
  const std::shared_ptr<Call> call =
      calls_.emplace_back(std::make_shared<Call>(*this, std::move(exchange), std::move(room)));
  body_bytes_ += bytes;
  call->exchange->WhenGone([weak = std::weak_ptr<Call>(call)] {
    const auto waiting = weak.lock();
    if (waiting != nullptr && waiting->exchange != nullptr) {
      waiting->owner.Fail(*waiting, ClientGone());
    }
  });
  return PendingDecision(call);
}

void WaitingCalls::DropOverdue() {
  if (calls_.empty()) return;
  const base::Instant now = clock_.Monotonic();
  // Failing a call may run code that adds or takes others, so the list is copied first.
  const std::vector<std::shared_ptr<Call>> calls = calls_;
  for (const std::shared_ptr<Call>& call : calls) {
    if (call->exchange == nullptr || now < call->exchange->context().deadline) continue;
    Fail(*call, {base::Code::kDeadline, "the caller could not be authenticated in time"});
  }
}

base::Instant WaitingCalls::NextDeadline() const {
  base::Instant next = base::Instant::max();
  for (const std::shared_ptr<Call>& call : calls_) {
    next = std::min(next, call->exchange->context().deadline);
  }
  return next;
}

std::shared_ptr<WaitingCalls::Call> WaitingCalls::Take(const Call& call) {
  const auto found = std::ranges::find(calls_, &call, &std::shared_ptr<Call>::get);
  std::shared_ptr<Call> taken = std::move(*found);
  calls_.erase(found);
  body_bytes_ -= taken->kept.request().body.size();
  return taken;
}

void WaitingCalls::Allow(const Call& call, std::string_view principal) {
  // Held to the end of this function, because the handler reads the kept request.
  const std::shared_ptr<Call> taken = Take(call);
  ExchangeRef exchange = std::move(taken->exchange);
  // No model runs for a client that cannot read the answer.
  if (!exchange->alive()) return exchange->Fail(ClientGone());
  exchange->context().principal = principal;
  resume_(std::move(exchange));
}

void WaitingCalls::Fail(const Call& call, const base::Error& error) {
  const std::shared_ptr<Call> taken = Take(call);
  taken->exchange->facts().reason = AnswerReason::kCaller;
  std::exchange(taken->exchange, nullptr)->Fail(error);
}

PendingDecision::~PendingDecision() {
  Refuse({base::Code::kInternal, "the caller was never authenticated"});
}

bool PendingDecision::wanted() const {
  const auto call = call_.lock();
  return call != nullptr && call->exchange != nullptr;
}

void PendingDecision::Allow(std::string_view principal) {
  const auto call = std::exchange(call_, {}).lock();
  if (call != nullptr && call->exchange != nullptr) call->owner.Allow(*call, principal);
}

void PendingDecision::Refuse(const base::Error& error) {
  const auto call = std::exchange(call_, {}).lock();
  if (call != nullptr && call->exchange != nullptr) call->owner.Fail(*call, error);
}

}  // namespace moorage::api

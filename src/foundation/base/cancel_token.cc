#include "foundation/base/cancel_token.h"

#include <atomic>
#include <map>
#include <utility>

#include "foundation/base/mutex.h"

namespace moorage::base {

struct CancelToken::State {
  std::atomic<CancelReason> reason{CancelReason::kNone};
  Mutex mu;  // Held while callbacks run, so the end of a subscription waits for them.
  std::map<std::uint64_t, std::function<void()>> subscribers GUARDED_BY(mu);
  std::uint64_t next_id GUARDED_BY(mu) = 1;
};

CancelReason CancelToken::reason() const {
  return state_ == nullptr ? CancelReason::kNone : state_->reason.load(std::memory_order_acquire);
}

Status CancelToken::Check() const {
  switch (reason()) {
    case CancelReason::kNone:
      break;
    case CancelReason::kClientGone:
      return Error{Code::kCancelled, "the client has closed the connection"};
    case CancelReason::kDeadline:
      return Error{Code::kDeadline, "the deadline of the request has passed"};
    case CancelReason::kShutdown:
      return Error{Code::kUnavailable, "the server is shutting down"};
  }
  return {};
}

CancelToken::Subscription CancelToken::WhenCancelled(std::function<void()> react) const {
  if (state_ == nullptr) return {};
  {
    const MutexLock lock(state_->mu);
    if (!cancelled()) {
      const std::uint64_t id = state_->next_id++;
      state_->subscribers.emplace(id, std::move(react));
      return Subscription(state_, id);
    }
  }
  react();
  return {};
}

CancelToken::Subscription& CancelToken::Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  End();
  state_ = std::move(other.state_);
  id_ = other.id_;
  return *this;
}

void CancelToken::Subscription::End() {
  if (state_ == nullptr) return;
  const MutexLock lock(state_->mu);
  state_->subscribers.erase(id_);
}

CancelSource::CancelSource() : state_(std::make_shared<CancelToken::State>()) {}

void CancelSource::Cancel(CancelReason reason) {
  const MutexLock lock(state_->mu);
  auto expected = CancelReason::kNone;
  if (!state_->reason.compare_exchange_strong(expected, reason, std::memory_order_acq_rel)) return;
  for (const auto& [id, react] : state_->subscribers) react();
  state_->subscribers.clear();
}

}  // namespace moorage::base

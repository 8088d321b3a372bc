#pragma once

// Tells work that its result is no longer wanted. The edge makes a source for a call, and every
// room below watches its token. Any thread.
//
//   CancelSource source;
//   const auto stop = source.token().WhenCancelled([&] { control.Terminate(); });
//   RETURN_IF_ERROR(source.token().Check());  // between two steps of a long job

#include <cstdint>
#include <functional>
#include <memory>

#include "foundation/base/result.h"

namespace moorage::base {

enum class CancelReason : std::uint8_t {
  kNone,
  kClientGone,
  kDeadline,
  kShutdown,  // the process ends
};

class CancelToken {
 private:
  struct State;

 public:
  // Is never cancelled.
  CancelToken() = default;

  bool cancelled() const { return reason() != CancelReason::kNone; }
  CancelReason reason() const;
  // Returns kCancelled, kDeadline or kUnavailable once the token is cancelled.
  Status Check() const;

  // Ends the subscription when it is destroyed. Waits for a callback that runs at this moment in
  // another thread, so afterwards what the callback uses may be destroyed.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept = default;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription() { End(); }

   private:
    friend class CancelToken;
    Subscription(std::shared_ptr<State> state, std::uint64_t id)
        : state_(std::move(state)), id_(id) {}
    void End();

    std::shared_ptr<State> state_;
    std::uint64_t id_ = 0;
  };

  // Calls `react` once, in the thread that cancels. Calls it at once if the token is cancelled. It
  // must be quick, and may neither subscribe nor end a subscription of this token.
  [[nodiscard]] Subscription WhenCancelled(std::function<void()> react) const;

 private:
  friend class CancelSource;
  explicit CancelToken(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

class CancelSource {
 public:
  CancelSource();

  // The first reason stays.
  void Cancel(CancelReason reason);
  CancelToken token() const { return CancelToken(state_); }

 private:
  std::shared_ptr<CancelToken::State> state_;
};

}  // namespace moorage::base

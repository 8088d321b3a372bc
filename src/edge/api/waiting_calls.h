#pragma once

// Calls whose authenticator answers later, and the right to decide them.

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "edge/api/exchange.h"
#include "foundation/base/clock.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"

namespace moorage::api {

class PendingDecision;

// The calls of one dispatcher whose authenticator answers later. Used on the reactor's thread.
//
// Each call keeps a copy of its request until it is decided, its client goes away, or its deadline
// passes. The number of calls and the bytes of their bodies are bounded, and the copies are
// charged.
class WaitingCalls {
 public:
  struct Limits {
    std::size_t calls = 1024;
    std::size_t body_bytes = 64U << 20U;
    base::MemoryBudget* memory = nullptr;  // null if every size is granted
  };
  // Goes on with an allowed call. The views of its request are valid until this returns.
  using Resume = std::function<void(ExchangeRef exchange)>;

  WaitingCalls(const Limits& limits, const base::Clock& clock, Resume resume);
  // Calls that still wait are released without an answer.
  ~WaitingCalls();
  WaitingCalls(const WaitingCalls&) = delete;
  WaitingCalls& operator=(const WaitingCalls&) = delete;

  // Takes the call over and moves it to `state`, one of the two that wait. At a limit, or
  // without memory for the copy, it returns kExhausted, and `exchange` keeps the call.
  base::Result<PendingDecision> Add(ExchangeRef& exchange, CallState state);

  // Ends the calls whose deadline has passed (504). A client that goes ends its call at once (499).
  void DropOverdue();
  // Returns the earliest deadline of a call that waits, or Instant::max().
  base::Instant NextDeadline() const;

  std::size_t size() const { return calls_.size(); }

 private:
  friend class PendingDecision;
  struct Call;

  // Takes the call out, so that whatever it does next finds it no longer waiting.
  std::shared_ptr<Call> Take(const Call& call);
  void Allow(const Call& call, std::string_view principal);
  void Fail(const Call& call, const base::Error& error);

  const Limits limits_;
  const base::Clock& clock_;
  const Resume resume_;
  std::vector<std::shared_ptr<Call>> calls_;
  std::size_t body_bytes_ = 0;
};

// The right to decide one waiting call, once. Move-only. It may travel to another thread, but it is
// used and destroyed on the reactor's thread, like an ExchangeRef. Destroying it undecided fails
// the call with kInternal. It may outlive the dispatcher and then does nothing.
class PendingDecision {
 public:
  PendingDecision(PendingDecision&& other) noexcept = default;
  PendingDecision& operator=(PendingDecision&& other) = delete;
  ~PendingDecision();

  // False once the call has ended for another reason. Deciding then does nothing.
  bool wanted() const;

  // The call goes on to its handler, unless its client has gone.
  void Allow(std::string_view principal);
  // kUnauthenticated or kDenied, or what kept the authenticator from deciding.
  void Refuse(const base::Error& error);

 private:
  friend class WaitingCalls;
  explicit PendingDecision(std::weak_ptr<WaitingCalls::Call> call) : call_(std::move(call)) {}

  std::weak_ptr<WaitingCalls::Call> call_;
};

}  // namespace moorage::api

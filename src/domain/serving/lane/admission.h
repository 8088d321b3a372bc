#pragma once

// How many requests may be in flight in the process, over all lanes. The bound is exact: N requests
// are admitted and the next one is refused, wherever they come in. Each lane holds credit of its
// own, so a lane far from the bound touches no memory of another. A lane without credit takes it
// from the pool, then from other lanes.
//
//   Admission admission({.max_requests = 100});
//   Admission::Account account(admission);  // one per lane
//   if (!account.Enter()) return TooManyRequests();
//   ...
//   account.Leave(1);

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <vector>

#include "foundation/base/memory_budget.h"
#include "foundation/base/mutex.h"

namespace moorage::lane {

class Admission {
 public:
  struct Options {
    std::size_t max_requests = 100;
    // Rows and answers are charged to it. May be null, outlives the admission.
    base::MemoryBudget* memory = nullptr;
  };

  explicit Admission(const Options& options) : options_(options), pool_(options.max_requests) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // The credit of one lane. That lane's thread only. The admission outlives it.
  class Account {
   public:
    explicit Account(Admission& admission);
    // Returns the credit. What this lane has admitted must have left.
    ~Account();
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    // Returns false if the bound is reached.
    bool Enter() { return TakeOne() || (admission_.Refill(*this) && TakeOne()); }
    void Leave(std::size_t requests) { credit_.fetch_add(requests, std::memory_order_release); }

   private:
    friend class Admission;
    bool TakeOne() {
      std::size_t credit = credit_.load(std::memory_order_relaxed);
      while (credit > 0) {
        if (credit_.compare_exchange_weak(credit, credit - 1, std::memory_order_acquire))
          return true;
      }
      return false;
    }

    Admission& admission_;
    // On a cache line of its own, which other lanes touch only near the bound.
    alignas(64) std::atomic<std::size_t> credit_{0};
  };

  std::size_t max_requests() const { return options_.max_requests; }
  base::MemoryBudget* memory() const { return options_.memory; }

  // How many places one client may hold now, which is three times those that no request holds. One
  // client alone comes to three quarters, two to six sevenths together, so some places are always
  // left for others. At least 1.
  std::size_t Share() const {
    const std::size_t all = options_.max_requests;
    const std::size_t held = std::min(held_.load(std::memory_order_relaxed), all);
    const std::size_t others = std::max<std::size_t>(all / 4, 1);
    return std::max<std::size_t>(std::min(all - std::min(others, all), 3 * (all - held)), 1);
  }
  // So many requests hold their places beyond a tick, or do so no longer.
  void Hold(std::size_t requests) { held_.fetch_add(requests, std::memory_order_relaxed); }
  void Unhold(std::size_t requests) { held_.fetch_sub(requests, std::memory_order_relaxed); }

 private:
  bool Refill(Account& account) EXCLUDES(mu_);

  const Options options_;
  std::atomic<std::size_t> held_{0};  // of all clients, beyond a tick
  base::Mutex mu_;
  std::size_t pool_ GUARDED_BY(mu_);
  std::vector<Account*> accounts_ GUARDED_BY(mu_);
};

}  // namespace moorage::lane

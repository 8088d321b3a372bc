#include "domain/serving/lane/admission.h"

#include <algorithm>
#include <vector>

namespace moorage::lane {
Admission::Account::Account(Admission& admission) : admission_(admission) {
  const base::MutexLock lock(admission_.mu_);
  admission_.accounts_.push_back(this);
}

Admission::Account::~Account() {
  const base::MutexLock lock(admission_.mu_);
  std::erase(admission_.accounts_, this);
  admission_.pool_ += credit_.exchange(0);
}

// Returns true if the account has credit now. Only one lane moves credit at a time, so credit on
// its way is not missed by another.
bool Admission::Refill(Account& account) {
  const base::MutexLock lock(mu_);
  if (pool_ > 0) {
    // Small enough that the pool lasts for every lane.
    const std::size_t most = options_.max_requests / (2 * accounts_.size());
    const std::size_t taken = std::min(pool_, std::max<std::size_t>(most, 1));
    pool_ -= taken;
    account.credit_.fetch_add(taken);
    return true;
  }
  for (Account* other : accounts_) {
    if (other == &account) continue;
    std::size_t credit = other->credit_.load();
    while (credit > 0) {
      const std::size_t taken = (credit + 1) / 2;
      if (!other->credit_.compare_exchange_weak(credit, credit - taken)) continue;
      account.credit_.fetch_add(taken);
      return true;
    }
  }
  // What this lane released meanwhile is its own.
  return account.credit_.load() > 0;
}

}  // namespace moorage::lane

#pragma once

// Writes and reads events. Functions over one transaction.

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "domain/registry/event.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "platform/store/database.h"

namespace moorage::registry {

// How far the clock of the machine may be from the newest event. A clock that was set back a little
// is common, and a registry may rest for a year. A clock beyond that is wrong, or the newest event
// was written under a wrong one.
inline constexpr std::chrono::hours kMostBehind{24};
inline constexpr std::chrono::hours kMostAhead{24 * 366};

// kUnavailable if `now` is too far from the newest event. The message has both times.
base::Status CheckClock(base::Time now, base::Time newest);

// Appends the events of one transaction, and gives it one time, in whole milliseconds as it is
// printed. That time is never before that of an earlier transaction, even if the clock of the
// machine was set back a little. A clock that is far off is never followed (CheckClock). Belongs to
// the thread of the transaction.
class AuditTrail {
 public:
  // kUnavailable if the clock is far off.
  static base::Result<AuditTrail> Open(store::Transaction& transaction, const base::Clock& clock);

  // Takes the clock as it is. For the one event that says so.
  static base::Result<AuditTrail> OpenUnchecked(store::Transaction& transaction,
                                                const base::Clock& clock);

  base::Time now() const { return now_; }

  // Appends one event with the next id.
  base::Status Append(std::string_view actor, std::string_view verb, std::string_view model,
                      std::string_view subject, const json::Json& details);

 private:
  AuditTrail(store::Transaction& transaction, std::int64_t last, base::Time now)
      : transaction_(transaction), last_(last), now_(now) {}

  store::Transaction& transaction_;
  std::int64_t last_;
  const base::Time now_;
};

base::Result<std::vector<Event>> ReadAudit(store::Transaction& transaction,
                                           const AuditFilter& filter);
base::Result<std::int64_t> NewestEvent(store::Transaction& transaction);

}  // namespace moorage::registry

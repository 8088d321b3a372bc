#pragma once

// Writes and reads events. Functions over one transaction.

#include <cstdint>
#include <string_view>
#include <vector>

#include "domain/registry/event.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Appends the events of one transaction, and gives it one time. That time is never before that of
// an earlier transaction, even if the clock of the machine was set back. Belongs to the thread of
// the transaction.
class AuditTrail {
 public:
  static base::Result<AuditTrail> Open(store::Transaction& transaction, const base::Clock& clock);

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

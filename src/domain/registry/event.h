#pragma once

// The rows of the audit log. Plain values.

#include <cstdint>
#include <optional>
#include <string>

#include "foundation/base/clock.h"
#include "foundation/model/names.h"

namespace moorage::registry {

// An immutable fact that records what was done, by whom and when. Written in the transaction that
// did it, so there is no mutation without its event and no event without its mutation. The audit
// log shows the rows, and the newest id is the generation of the registry.
struct Event {
  std::int64_t id = 0;  // 1, 2, 3, ... in the order of the commits, without gaps
  base::Time at;        // never earlier than that of the event before
  std::string actor;
  // reserve, publish, reject, delete, promote, refuse, rollback, rule, evidence, collect,
  // clock
  std::string verb;
  std::string model;    // empty where it concerns none
  std::string subject;  // "cancer@1.2.0", "cancer@production"
  std::string details;  // JSON object

  bool operator==(const Event&) const = default;
};

// The events that Audit() returns. The newest `limit` of those that fit, newest first.
struct AuditFilter {
  std::optional<model::ModelName> name;
  std::optional<base::Time> since;  // inclusive
  std::size_t limit = 100;
};

}  // namespace moorage::registry

#pragma once

#include "foundation/model/operation_row.h"

// What the command line asks a server about itself. The data plane answers these rows. They are
// declared here because both the server and its client read them.
namespace moorage::model {

inline constexpr OperationRow kHealthQuestion{
    .name = "health",
    .verb = Verb::kGet,
    .path = "/health",
    .permission = Permission::kNone,
    .summary = "Whether the server is healthy, and what it serves",
    .answered_by = AnsweredBy::kDataPlane};

inline constexpr OperationRow kReadyQuestion{.name = "health_ready",
                                             .verb = Verb::kGet,
                                             .path = "/health/ready",
                                             .permission = Permission::kNone,
                                             .summary = "Whether the server should get traffic",
                                             .answered_by = AnsweredBy::kDataPlane};

inline constexpr OperationRow kStatsQuestion{.name = "stats",
                                             .verb = Verb::kGet,
                                             .path = "/api/v1/stats",
                                             .permission = Permission::kRead,
                                             .summary = "Count and latency of each endpoint",
                                             .answered_by = AnsweredBy::kDataPlane};

}  // namespace moorage::model

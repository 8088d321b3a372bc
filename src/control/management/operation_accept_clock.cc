#include "control/management/call_reader.h"
#include "control/management/documents.h"
#include "control/management/operations.h"

namespace moorage::management {

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

namespace {

Result<ApiReply> AnswerAcceptClock(const ApiCall& call, const ManagementOperation::Deps& deps) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({}));
  RETURN_IF_ERROR(reader.NoBody());
  RETURN_IF_ERROR(deps.registry.AcceptClock(call.actor));
  Json document;
  document["accepted"] = true;
  return Ok(std::move(document));
}

}  // namespace

// The way out where the newest event was written under a wrong clock.
const ManagementOperation kAcceptClock = {
    .row = {.name = "accept_clock",
            .verb = model::Verb::kPost,
            .path = "/api/v1/clock",
            .permission = model::Permission::kAdmin,
            .summary = "Take the clock of this machine as it is"},
    .answer = &AnswerAcceptClock};

}  // namespace moorage::management

#include "control/management/operation_audit.h"

#include <cstddef>
#include <string>
#include <utility>

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "foundation/base/parse_number.h"
#include "foundation/base/units.h"
#include "foundation/model/names.h"

namespace moorage::management {
namespace {

constexpr std::size_t kDefaultAuditLimit = 100;
constexpr std::size_t kMaxAuditLimit = 10'000;

base::Result<std::size_t> ReadLimit(const CallReader& call) {
  const auto text = call.Query("limit");
  if (!text) return kDefaultAuditLimit;
  const auto limit = base::ParseNumber<std::size_t>(*text);
  if (!limit || *limit == 0 || *limit > kMaxAuditLimit) {
    return QueryProblem("limit", "must be from 1 to " + std::to_string(kMaxAuditLimit));
  }
  return *limit;
}

}  // namespace

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Result<registry::AuditFilter> ReadAudit(const ApiCall& call) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"name", "since", "limit"}));
  RETURN_IF_ERROR(reader.NoBody());
  registry::AuditFilter filter;
  if (const auto name = reader.Query("name")) {
    ASSIGN_OR_RETURN(filter.name, model::ParseModelName(*name));
  }
  ASSIGN_OR_RETURN(filter.since, ReadTime(reader, "since"));
  ASSIGN_OR_RETURN(filter.limit, ReadLimit(reader));
  return filter;
}

Json AuditDocument(const std::vector<registry::Event>& events) {
  Json document;
  Json& list = document["events"] = Json::array();
  for (const registry::Event& event : events) {
    Json one;
    one["id"] = event.id;
    one["at"] = base::FormatTime(event.at);
    one["actor"] = event.actor;
    one["verb"] = event.verb;
    one["model"] = event.model.empty() ? Json(nullptr) : Json(event.model);
    one["subject"] = event.subject;
    one["details"] = Embedded(event.details);
    list.push_back(std::move(one));
  }
  return document;
}

namespace {

Result<ApiReply> AnswerAudit(const ApiCall& call, const ManagementOperation::Deps& deps) {
  ASSIGN_OR_RETURN(const registry::AuditFilter filter, ReadAudit(call));
  ASSIGN_OR_RETURN(const auto events, deps.registry.Audit(filter));
  return Ok(AuditDocument(events));
}

}  // namespace

const ManagementOperation kAudit = {.row = {.name = "audit",
                                            .verb = model::Verb::kGet,
                                            .path = "/api/v1/audit",
                                            .permission = model::Permission::kRead,
                                            .summary = "Who did what, and when"},
                                    .answer = &AnswerAudit};

}  // namespace moorage::management

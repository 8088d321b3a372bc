#include "control/management/operation_gc.h"

#include <string>
#include <utility>

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "foundation/base/units.h"

namespace moorage::management {

using base::Result;
using json::Json;
using json::JsonReader;
using model::ApiCall;
using model::ApiReply;

Result<GarbageOrder> ReadGarbage(const ApiCall& call) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({}));
  ASSIGN_OR_RETURN(const JsonReader body, reader.OnlyBody({"dry_run", "grace"}));
  GarbageOrder order;
  ASSIGN_OR_RETURN(const bool dry_run, ReadFlag(body, "dry_run"));
  if (dry_run) order.mode = registry::GarbageMode::kReport;
  if (const auto member = body.Find("grace")) {
    ASSIGN_OR_RETURN(const std::string text, member->String());
    auto parsed = base::ParseDuration(text);
    if (!parsed.ok()) return member->Problem(parsed.error().message);
    order.grace = *parsed;
  }
  return order;
}

Json GarbageDocument(const registry::GarbageReport& report, registry::GarbageMode mode) {
  Json document;
  document["dry_run"] = mode == registry::GarbageMode::kReport;
  document["count"] = report.blobs.size();
  document["bytes"] = report.bytes;
  document["temporaries"] = report.temporaries;
  Json& blobs = document["blobs"] = Json::array();
  for (const store::BlobInfo& blob : report.blobs) {
    Json one;
    one["digest"] = blob.digest.value();
    one["size"] = blob.size;
    one["stored"] = base::FormatTime(blob.stored);
    blobs.push_back(std::move(one));
  }
  return document;
}

namespace {

Result<ApiReply> AnswerGc(const ApiCall& call, const ManagementOperation::Deps& deps) {
  ASSIGN_OR_RETURN(const GarbageOrder order, ReadGarbage(call));
  ASSIGN_OR_RETURN(const auto report,
                   deps.registry.CollectGarbage(order.mode, order.grace, call.actor, call.cancel));
  return Ok(GarbageDocument(report, order.mode));
}

}  // namespace

const ManagementOperation kGc = {.row = {.name = "gc",
                                         .verb = model::Verb::kPost,
                                         .path = "/api/v1/gc",
                                         .permission = model::Permission::kAdmin,
                                         .summary = "Remove bytes that no version refers to"},
                                 .answer = &AnswerGc};

}  // namespace moorage::management

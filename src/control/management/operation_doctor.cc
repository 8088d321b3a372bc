#include "control/management/operation_doctor.h"

#include <utility>
#include <vector>

#include "control/management/call_reader.h"
#include "control/management/documents.h"

namespace moorage::management {
namespace {

json::Json ProblemList(const std::vector<base::Detail>& details) {
  json::Json list = json::Json::array();
  for (const base::Detail& detail : details) {
    json::Json one;
    one["path"] = detail.path;
    one["problem"] = detail.problem;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Json DoctorDocument(const registry::VerifyReport& report) {
  Json document;
  document["healthy"] = report.clean();
  document["versions"] = report.versions;
  document["blobs"] = report.blobs;
  document["bytes"] = report.bytes;
  document["problems"] = ProblemList(report.problems);
  return document;
}

namespace {

Result<ApiReply> AnswerDoctor(const ApiCall& call, const ManagementOperation::Deps& deps) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const auto report, deps.registry.Verify(call.cancel));
  return Ok(DoctorDocument(report));
}

}  // namespace

const ManagementOperation kDoctor = {
    .row = {.name = "doctor",
            .verb = model::Verb::kGet,
            .path = "/api/v1/doctor",
            .permission = model::Permission::kRead,
            .summary = "Read and verify everything that is stored"},
    .answer = &AnswerDoctor};

}  // namespace moorage::management

#include <utility>

#include "control/management/call_reader.h"
#include "control/management/documents.h"
#include "control/management/operations.h"
#include "foundation/model/model_ref.h"

namespace moorage::management {

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

namespace {

Result<ApiReply> AnswerPredict(const ApiCall& call, const ManagementOperation::Deps& deps) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  // OnlyBody is asked only for its error. The body may be a bare array, which it would refuse.
  if (!call.parts.empty()) return CallReader(call).OnlyBody({"instances"}).error();
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(call.Parameter("ref")));
  ASSIGN_OR_RETURN(Json answer, deps.predict.Run(ref, call.body));
  return Ok(std::move(answer));
}

}  // namespace

// Answered in-process only. The data plane of a server has handlers of its own for the path.
const ManagementOperation kPredict = {.row = {.name = "predict",
                                              .verb = model::Verb::kPost,
                                              .path = "/api/v2/models/{ref}/predict",
                                              .permission = model::Permission::kPredict,
                                              .summary = "Predict with one version",
                                              .answered_by = model::AnsweredBy::kDataPlane},
                                      .answer = &AnswerPredict};

}  // namespace moorage::management

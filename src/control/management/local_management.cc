#include "control/management/local_management.h"

#include <string>

#include "foundation/model/path_template.h"

namespace moorage::management {
namespace {

// "GET /api/v1/models/cancer" of a call, as far as its parameters fill the path.
std::string TargetOf(const model::ApiCall& call) {
  if (call.operation == nullptr) return "a call without an operation";
  const auto path = model::RenderPath(call.operation->path, call.parameters);
  return std::string(model::Name(call.operation->verb)) + " " +
         (path.ok() ? *path : std::string(call.operation->path));
}

}  // namespace

LocalManagement::LocalManagement(const Deps& deps)
    : predict_({.registry = deps.registry,
                .backend = deps.backend,
                .clock = deps.clock,
                .random = deps.random}),
      deps_({.registry = deps.registry,
             .backend = deps.backend,
             .prober = deps.prober,
             .clock = deps.clock,
             .predict = predict_,
             .program = deps.program}) {}

base::Result<model::ApiReply> LocalManagement::Handle(const model::ApiCall& call) {
  const ManagementOperation* operation = FindOperation(call.operation);
  if (operation == nullptr) {
    return base::Error{base::Code::kNotFound, TargetOf(call) + ": there is no such operation"};
  }
  RETURN_IF_ERROR(call.cancel.Check());
  return operation->answer(call, deps_);
}

}  // namespace moorage::management

#include <string>
#include <utility>

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "control/management/operations.h"
#include "foundation/model/names.h"

namespace moorage::management {

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

namespace {

Result<ApiReply> AnswerDeleteVersion(const ApiCall& call, const ManagementOperation::Deps& deps) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"reason"}));
  RETURN_IF_ERROR(reader.NoBody());
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(call.Parameter("name")));
  // The path is that of show_version, where the selector may be an alias. A deletion names its
  // version.
  ASSIGN_OR_RETURN(const model::SemVer version, ParseVersion(call.Parameter("selector")));
  RETURN_IF_ERROR(
      deps.registry.Delete(name, version, call.actor, reader.Query("reason").value_or("")));
  Json document;
  document["name"] = name.value();
  document["version"] = version.text();
  document["deleted"] = true;
  return Ok(std::move(document));
}

}  // namespace

// The number of a deleted version is never used again.
const ManagementOperation kDeleteVersion = {
    .row = {.name = "delete_version",
            .verb = model::Verb::kDelete,
            .path = "/api/v1/models/{name}/versions/{selector}",
            .permission = model::Permission::kPush,
            .summary = "Delete a version; its number is never used again"},
    .answer = &AnswerDeleteVersion};

}  // namespace moorage::management

#include "control/management/operation_diff.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "control/management/call_reader.h"
#include "control/management/documents.h"
#include "foundation/model/model_ref.h"

namespace moorage::management {
namespace {

// The trainer's own figures of both sides, by name.
json::Json MetricsDiff(const std::map<std::string, double>& from,
                       const std::map<std::string, double>& to) {
  std::set<std::string> names;
  for (const auto& [name, value] : from) names.insert(name);
  for (const auto& [name, value] : to) names.insert(name);
  const auto side = [](const std::map<std::string, double>& metrics, const std::string& name) {
    const auto found = metrics.find(name);
    return found == metrics.end() ? json::Json(nullptr) : json::Json(found->second);
  };
  json::Json list = json::Json::array();
  for (const std::string& name : names) {
    json::Json one;
    one["metric"] = name;
    one["from"] = side(from, name);
    one["to"] = side(to, name);
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Json DiffDocument(const control::VersionDiff& diff) {
  Json document;
  document["from"] = registry::Format(diff.from.name, diff.from.version);
  document["to"] = registry::Format(diff.to.name, diff.to.version);
  document["same_artifact"] = diff.from.artifact == diff.to.artifact;
  document["least_bump"] = contract::Name(diff.least);
  document["changes"] = ChangeList(diff.changes);
  document["metrics"] = MetricsDiff(diff.from_manifest.metrics, diff.to_manifest.metrics);
  return document;
}

namespace {

Result<ApiReply> AnswerDiff(const ApiCall& call, const ManagementOperation::Deps& deps) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"from", "to"}));
  RETURN_IF_ERROR(reader.NoBody());
  ASSIGN_OR_RETURN(const std::string from_text, reader.RequiredQuery("from"));
  ASSIGN_OR_RETURN(const std::string to_text, reader.RequiredQuery("to"));
  ASSIGN_OR_RETURN(const model::ModelRef from, model::ParseModelRef(from_text));
  ASSIGN_OR_RETURN(const model::ModelRef to, model::ParseModelRef(to_text));
  ASSIGN_OR_RETURN(const control::VersionDiff diff,
                   control::RegistryQueries({.registry = deps.registry}).Diff(from, to));
  return Ok(DiffDocument(diff));
}

}  // namespace

const ManagementOperation kDiff = {
    .row = {.name = "diff",
            .verb = model::Verb::kGet,
            .path = "/api/v1/diff",
            .permission = model::Permission::kRead,
            .summary = "What changes for callers between two versions"},
    .answer = &AnswerDiff};

}  // namespace moorage::management

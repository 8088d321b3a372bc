#include "control/management/operation_validate.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/management/call_reader.h"
#include "control/management/call_values.h"
#include "control/management/documents.h"
#include "domain/evaluation/gate_runner.h"
#include "domain/evaluation/validation_report.h"
#include "foundation/model/names.h"

namespace moorage::management {
namespace {

base::Result<control::BaselineWish> ReadBaseline(const CallReader& call,
                                                 const model::ModelName& name) {
  const auto text = call.Query("baseline");
  if (!text) return control::BaselineWish(control::ProductionBaseline{});
  if (*text == "none") return control::BaselineWish(control::NoBaseline{});
  // A bare version is one of this model, although 1.2.0 would be a legal name of a model too.
  auto ref = ParseVersion(*text).ok() ? SelectorRef(name, *text) : model::ParseModelRef(*text);
  if (!ref.ok()) return QueryProblem("baseline", ref.error().message);
  return control::BaselineWish(*std::move(ref));
}

// Takes one name off the front, with the comma behind it. A name that holds a comma stands in
// quotation marks, in which "" is one of them, as in the CSV file itself.
std::string TakeName(std::string_view& text) {
  std::string name;
  const bool quoted = text.starts_with('"') && text.find('"', 1) != std::string_view::npos;
  bool inside = quoted;
  if (quoted) text.remove_prefix(1);
  while (!text.empty() && (inside || text.front() != ',')) {
    if (quoted && text.front() == '"') {
      const bool doubled = inside && text.starts_with("\"\"");
      if (doubled) name += '"';
      inside = doubled;
      text.remove_prefix(doubled ? 2 : 1);
      continue;
    }
    name += text.front();
    text.remove_prefix(1);
  }
  text.remove_prefix(std::min<std::size_t>(1, text.size()));
  return name;
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    std::string name = TakeName(text);
    if (!name.empty()) items.push_back(std::move(name));
  }
  return items;
}

}  // namespace

using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

Result<control::ValidateRequest> ReadValidate(const ApiCall& call) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"target", "baseline", "ignore", "alias"}));
  RETURN_IF_ERROR(reader.OnlyParts({"data", "policy"}));
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(call.Parameter("name")));
  ASSIGN_OR_RETURN(const model::ModelRef ref, SelectorRef(name, call.Parameter("selector")));
  ASSIGN_OR_RETURN(const model::ApiPart* data, reader.RequiredPart("data"));
  ASSIGN_OR_RETURN(std::string target, reader.RequiredQuery("target"));
  ASSIGN_OR_RETURN(control::BaselineWish baseline, ReadBaseline(reader, name));
  control::ValidateRequest request{.ref = ref,
                                   .data = data->bytes,
                                   .target = std::move(target),
                                   .ignored = SplitAtCommas(reader.Query("ignore").value_or("")),
                                   .policy = std::nullopt,
                                   .baseline = std::move(baseline),
                                   .actor = call.actor,
                                   .cancel = call.cancel};
  if (const auto alias = reader.Query("alias")) {
    ASSIGN_OR_RETURN(request.alias, model::ParseAlias(*alias));
  }
  if (const auto* policy = reader.Part("policy")) request.policy = policy->bytes;
  return request;
}

Json ValidationDocument(const control::ValidateResult& result, const model::Alias& alias) {
  Json document = evaluation::ToJson(result.report);
  document["exit_code"] = evaluation::ExitCode(result.report.verdict.outcome);
  document["evidence"] = result.evidence.id;
  document["rule"] = VerdictDocument(alias, result.rule);
  return document;
}

namespace {

Result<ApiReply> AnswerValidate(const ApiCall& call, const ManagementOperation::Deps& deps) {
  ASSIGN_OR_RETURN(const control::ValidateRequest request, ReadValidate(call));
  control::ValidateVersion validate({.registry = deps.registry,
                                     .backend = deps.backend,
                                     .clock = deps.clock,
                                     .program = deps.program});
  ASSIGN_OR_RETURN(const control::ValidateResult result, validate.Run(request));
  return Ok(ValidationDocument(result, request.alias));
}

}  // namespace

const ManagementOperation kValidate = {
    .row = {.name = "validate",
            .verb = model::Verb::kPost,
            .path = "/api/v1/models/{name}/versions/{selector}/validations",
            .permission = model::Permission::kValidate,
            .summary = "Measure a version on labelled data and judge it by a policy"},
    .answer = &AnswerValidate};

}  // namespace moorage::management

#include "control/management/local_management.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "control/management/api_documents.h"
#include "control/management/call_reader.h"
#include "control/management/management_requests.h"
#include "foundation/base/units.h"

namespace moorage::management {
namespace {

using base::Code;
using base::Error;
using base::Result;
using json::Json;
using model::ApiCall;
using model::ApiReply;

std::vector<std::string_view> SplitPath(std::string_view path) {
  std::vector<std::string_view> segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

// What stands in the open places of the template; nothing if the path is another one.
std::optional<std::vector<std::string>> Match(std::string_view pattern, std::string_view path) {
  const auto expected = SplitPath(pattern);
  const auto given = SplitPath(path);
  if (expected.size() != given.size()) return std::nullopt;
  std::vector<std::string> open;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i].starts_with('{')) {
      if (given[i].empty()) return std::nullopt;
      open.emplace_back(given[i]);
    } else if (expected[i] != given[i]) {
      return std::nullopt;
    }
  }
  return open;
}

ApiReply Ok(Json body) { return {.status = 200, .body = std::move(body)}; }

}  // namespace

LocalManagement::LocalManagement(const Deps& deps)
    : registry_(deps.registry),
      queries_({.registry = deps.registry}),
      push_({.registry = deps.registry, .backend = deps.backend, .program = deps.program}),
      validate_({.registry = deps.registry,
                 .backend = deps.backend,
                 .clock = deps.clock,
                 .program = deps.program}),
      promote_({.registry = deps.registry}),
      predict_({.registry = deps.registry,
                .backend = deps.backend,
                .clock = deps.clock,
                .random = deps.random}) {}

LocalManagement::Handler LocalManagement::HandlerOf(std::string_view operation) {
  struct Row {
    std::string_view name;
    Handler handler;
  };
  static constexpr std::array<Row, 14> kRows = {{
      {"list_models", &LocalManagement::ListModels},
      {"show_model", &LocalManagement::ShowModel},
      {"push", &LocalManagement::Push},
      {"show_version", &LocalManagement::ShowVersion},
      {"delete_version", &LocalManagement::DeleteVersion},
      {"validate", &LocalManagement::Validate},
      {"promote", &LocalManagement::PromoteAlias},
      {"rollback", &LocalManagement::RollBackAlias},
      {"history", &LocalManagement::History},
      {"diff", &LocalManagement::Diff},
      {"audit", &LocalManagement::Audit},
      {"gc", &LocalManagement::CollectGarbage},
      {"doctor", &LocalManagement::Doctor},
      {"predict", &LocalManagement::Predict},
  }};
  const auto found = std::find_if(kRows.begin(), kRows.end(),
                                  [operation](const Row& row) { return row.name == operation; });
  return found == kRows.end() ? nullptr : found->handler;
}

Result<ApiReply> LocalManagement::Handle(const ApiCall& call) {
  for (const ManagementOperation& operation : Operations()) {
    if (operation.method != call.method) continue;
    const auto open = Match(operation.path, call.path);
    if (!open) continue;
    const Handler handler = HandlerOf(operation.name);
    if (handler != nullptr) return (this->*handler)(call, *open);
  }
  return Error{Code::kNotFound, call.method + " " + call.path + ": there is no such operation"};
}

Result<ApiReply> LocalManagement::ListModels(const ApiCall& call, const Segments& /*path*/) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const auto models, queries_.Models());
  return Ok(ModelsDocument(models));
}

Result<ApiReply> LocalManagement::ShowModel(const ApiCall& call, const Segments& path) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(path[0]));
  ASSIGN_OR_RETURN(const control::ModelDetails details, queries_.Model(name));
  return Ok(ModelDocument(details));
}

Result<ApiReply> LocalManagement::ShowVersion(const ApiCall& call, const Segments& path) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(path[0]));
  ASSIGN_OR_RETURN(const model::ModelRef ref, SelectorRef(name, path[1]));
  ASSIGN_OR_RETURN(const control::VersionDetails details, queries_.Version(ref));
  return Ok(VersionDocument(details));
}

Result<ApiReply> LocalManagement::Push(const ApiCall& call, const Segments& path) {
  ASSIGN_OR_RETURN(const control::PushRequest request, ReadPush(call, path[0]));
  ASSIGN_OR_RETURN(const control::PushResult result, push_.Run(request));
  return ApiReply{.status = result.already_there ? 200 : 201, .body = PushDocument(result)};
}

Result<ApiReply> LocalManagement::DeleteVersion(const ApiCall& call, const Segments& path) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"reason"}));
  RETURN_IF_ERROR(reader.NoBody());
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(path[0]));
  ASSIGN_OR_RETURN(const model::SemVer version, ParseVersion(path[1]));
  RETURN_IF_ERROR(registry_.Delete(name, version, call.actor, reader.Query("reason").value_or("")));
  Json document;
  document["name"] = name.value();
  document["version"] = version.text();
  document["deleted"] = true;
  return Ok(std::move(document));
}

Result<ApiReply> LocalManagement::Validate(const ApiCall& call, const Segments& path) {
  ASSIGN_OR_RETURN(const control::ValidateRequest request, ReadValidate(call, path[0], path[1]));
  ASSIGN_OR_RETURN(const control::ValidateResult result, validate_.Run(request));
  return Ok(ValidationDocument(result));
}

Result<ApiReply> LocalManagement::PromoteAlias(const ApiCall& call, const Segments& path) {
  ASSIGN_OR_RETURN(const control::PromoteRequest request, ReadPromote(call, path[0], path[1]));
  ASSIGN_OR_RETURN(const registry::Moved moved, promote_.Run(request));
  return Ok(MoveDocument(moved));
}

Result<ApiReply> LocalManagement::RollBackAlias(const ApiCall& call, const Segments& path) {
  ASSIGN_OR_RETURN(const registry::Rollback rollback, ReadRollback(call, path[0], path[1]));
  ASSIGN_OR_RETURN(const registry::Moved moved, registry_.RollBack(rollback));
  return Ok(MoveDocument(moved));
}

Result<ApiReply> LocalManagement::History(const ApiCall& call, const Segments& path) {
  ASSIGN_OR_RETURN(const HistoryQuestion question, ReadHistory(call, path[0]));
  RETURN_IF_ERROR(registry_.Versions(question.name));  // a history of nobody is not an empty one
  if (!question.at) {
    ASSIGN_OR_RETURN(const auto moves, registry_.History(question.name, question.alias));
    return Ok(HistoryDocument(question.name, moves));
  }
  const model::Alias alias = question.alias.value_or(model::Alias("production"));
  ASSIGN_OR_RETURN(const model::SemVer version,
                   registry_.AliasAt(question.name, alias, *question.at));
  Json document;
  document["name"] = question.name.value();
  document["alias"] = alias.value();
  document["at"] = base::FormatTime(*question.at);
  document["version"] = version.text();
  return Ok(std::move(document));
}

Result<ApiReply> LocalManagement::Diff(const ApiCall& call, const Segments& /*path*/) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"from", "to"}));
  RETURN_IF_ERROR(reader.NoBody());
  ASSIGN_OR_RETURN(const std::string from_text, reader.RequiredQuery("from"));
  ASSIGN_OR_RETURN(const std::string to_text, reader.RequiredQuery("to"));
  ASSIGN_OR_RETURN(const model::ModelRef from, model::ParseModelRef(from_text));
  ASSIGN_OR_RETURN(const model::ModelRef to, model::ParseModelRef(to_text));
  ASSIGN_OR_RETURN(const control::VersionDiff diff, queries_.Diff(from, to));
  return Ok(DiffDocument(diff));
}

Result<ApiReply> LocalManagement::Audit(const ApiCall& call, const Segments& /*path*/) {
  ASSIGN_OR_RETURN(const registry::AuditFilter filter, ReadAudit(call));
  ASSIGN_OR_RETURN(const auto events, registry_.Audit(filter));
  return Ok(AuditDocument(events));
}

Result<ApiReply> LocalManagement::CollectGarbage(const ApiCall& call, const Segments& /*path*/) {
  ASSIGN_OR_RETURN(const GarbageOrder order, ReadGarbage(call));
  ASSIGN_OR_RETURN(const auto report,
                   registry_.CollectGarbage(order.mode, order.grace, call.actor));
  return Ok(GarbageDocument(report, order.mode));
}

Result<ApiReply> LocalManagement::Doctor(const ApiCall& call, const Segments& /*path*/) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  RETURN_IF_ERROR(CallReader(call).NoBody());
  ASSIGN_OR_RETURN(const auto report, registry_.Verify());
  return Ok(DoctorDocument(report));
}

Result<ApiReply> LocalManagement::Predict(const ApiCall& call, const Segments& path) {
  RETURN_IF_ERROR(CallReader(call).OnlyQuery({}));
  if (!call.parts.empty()) return CallReader(call).OnlyBody({"instances"}).error();
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(path[0]));
  ASSIGN_OR_RETURN(Json answer, predict_.Run(ref, call.body));
  return Ok(std::move(answer));
}

}  // namespace moorage::management

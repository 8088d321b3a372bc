#include "control/management/management_requests.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "control/management/call_reader.h"
#include "foundation/base/parse_number.h"
#include "foundation/base/units.h"

namespace moorage::management {

using base::Result;
using json::JsonReader;
using model::ApiCall;

Result<model::ModelRef> SelectorRef(const model::ModelName& name, const std::string& selector) {
  return model::ParseModelRef(name.value() + "@" + selector);
}

Result<model::SemVer> ParseVersion(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  return model::SemVer::Parse(text);
}

namespace {

constexpr std::size_t kDefaultAuditLimit = 100;
constexpr std::size_t kMaxAuditLimit = 10'000;

Result<control::VersionWish> ReadWish(const CallReader& call) {
  const auto version = call.Query("version");
  const auto bump = call.Query("bump");
  if (version && bump) return QueryProblem("bump", "cannot stand beside 'version'");
  if (version) {
    auto parsed = ParseVersion(*version);
    if (!parsed.ok()) return QueryProblem("version", parsed.error().message);
    return control::VersionWish(*std::move(parsed));
  }
  if (!bump) return control::VersionWish();
  if (*bump == "auto") return control::VersionWish(control::LeastLegal{});
  for (const auto step : {contract::Bump::kMajor, contract::Bump::kMinor, contract::Bump::kPatch}) {
    if (*bump == contract::Name(step)) return control::VersionWish(step);
  }
  return QueryProblem("bump", "must be auto, major, minor or patch");
}

// The bytes of a part without a copy: the call outlives the use case that reads them.
std::shared_ptr<const std::string> Borrow(const std::string& bytes) {
  return std::shared_ptr<const std::string>(std::shared_ptr<const std::string>(), &bytes);
}

Result<control::BaselineWish> ReadBaseline(const CallReader& call, const model::ModelName& name) {
  const auto text = call.Query("baseline");
  if (!text) return control::BaselineWish(control::ProductionBaseline{});
  if (*text == "none") return control::BaselineWish(control::NoBaseline{});
  // A bare version is one of this model.
  auto ref = ParseVersion(*text).ok() ? SelectorRef(name, *text) : model::ParseModelRef(*text);
  if (!ref.ok()) return QueryProblem("baseline", ref.error().message);
  return control::BaselineWish(*std::move(ref));
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) items.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

Result<std::string> OptionalText(const JsonReader& body, std::string_view key) {
  const auto member = body.Find(key);
  if (!member || member->value().is_null()) return std::string();
  return member->String();
}

// Absent: whatever the alias points to; null: it must not exist.
Result<std::optional<registry::Expected>> ReadExpected(const JsonReader& body) {
  const auto member = body.Find("expected");
  if (!member) return std::optional<registry::Expected>();
  if (member->value().is_null()) return std::optional(registry::Expected{});
  ASSIGN_OR_RETURN(const std::string text, member->String());
  auto version = ParseVersion(text);
  if (!version.ok()) return member->Problem(version.error().message);
  return std::optional(registry::Expected{*std::move(version)});
}

// Absent or null: the version before. An empty text is a slip, not a wish for that.
Result<std::optional<model::SemVer>> ReadTo(const JsonReader& body) {
  const auto member = body.Find("to");
  if (!member || member->value().is_null()) return std::optional<model::SemVer>();
  ASSIGN_OR_RETURN(const std::string text, member->String());
  auto version = ParseVersion(text);
  if (!version.ok()) return member->Problem(version.error().message);
  return std::optional(*std::move(version));
}

Result<bool> ReadFlag(const JsonReader& body, std::string_view key) {
  const auto member = body.Find(key);
  if (!member) return false;
  return member->Bool();
}

Result<std::size_t> ReadLimit(const CallReader& call) {
  const auto text = call.Query("limit");
  if (!text) return kDefaultAuditLimit;
  const auto limit = base::ParseNumber<std::size_t>(*text);
  if (!limit || *limit == 0 || *limit > kMaxAuditLimit) {
    return QueryProblem("limit", "must be from 1 to " + std::to_string(kMaxAuditLimit));
  }
  return *limit;
}

Result<std::optional<base::Time>> ReadTime(const CallReader& call, std::string_view name) {
  const auto text = call.Query(name);
  if (!text) return std::optional<base::Time>();
  auto time = base::ParseTime(*text);
  if (!time.ok()) return QueryProblem(name, time.error().message);
  return std::optional(*time);
}

}  // namespace

Result<control::PushRequest> ReadPush(const ApiCall& call, const std::string& model_name) {
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(model_name));
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"version", "bump"}));
  RETURN_IF_ERROR(
      reader.OnlyParts({control::kModelPart, control::kMetadataPart, control::kOptionsPart,
                        control::kReferencePart, control::kNotesPart, control::kExternalPart}));
  ASSIGN_OR_RETURN(const model::ApiPart* model, reader.RequiredPart(control::kModelPart));
  control::PushRequest request{
      .name = name, .files = {}, .options = {}, .wish = {}, .actor = call.actor};
  request.files.model = Borrow(model->bytes);
  if (const auto* metadata = reader.Part(control::kMetadataPart))
    request.files.metadata = metadata->bytes;
  if (const auto* rows = reader.Part(control::kReferencePart))
    request.files.reference = rows->bytes;
  for (const model::ApiPart& part : call.parts) {
    if (part.name != control::kExternalPart) continue;
    request.files.external.push_back({part.filename, Borrow(part.bytes)});
  }
  if (const auto* options = reader.Part(control::kOptionsPart)) {
    ASSIGN_OR_RETURN(request.options,
                     control::ParseMetadata(options->bytes, control::kOptionsPart));
  }
  if (const auto* notes = reader.Part(control::kNotesPart)) request.options.notes = notes->bytes;
  ASSIGN_OR_RETURN(request.wish, ReadWish(reader));
  return request;
}

Result<control::PromoteRequest> ReadPromote(const ApiCall& call, const std::string& model_name,
                                            const std::string& alias_text) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({}));
  ASSIGN_OR_RETURN(const JsonReader body,
                   reader.OnlyBody({"version", "expected", "force", "reason"}));
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(model_name));
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(alias_text));
  ASSIGN_OR_RETURN(const JsonReader member, body.Member("version"));
  ASSIGN_OR_RETURN(const std::string selector, member.String());
  auto ref = SelectorRef(name, selector);
  if (!ref.ok()) return member.Problem(ref.error().message);
  ASSIGN_OR_RETURN(const auto expected, ReadExpected(body));
  ASSIGN_OR_RETURN(const bool force, ReadFlag(body, "force"));
  ASSIGN_OR_RETURN(const std::string reason, OptionalText(body, "reason"));
  return control::PromoteRequest{
      .ref = *ref,
      .alias = alias,
      .expected = expected,
      .rule = force ? registry::EvidenceRule::kWaived : registry::EvidenceRule::kRequired,
      .reason = reason,
      .actor = call.actor};
}

Result<registry::Rollback> ReadRollback(const ApiCall& call, const std::string& model_name,
                                        const std::string& alias_text) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({}));
  ASSIGN_OR_RETURN(const JsonReader body, reader.OnlyBody({"to", "reason", "expected"}));
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(model_name));
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(alias_text));
  ASSIGN_OR_RETURN(const auto to, ReadTo(body));
  ASSIGN_OR_RETURN(const std::string reason, OptionalText(body, "reason"));
  ASSIGN_OR_RETURN(const auto expected, ReadExpected(body));
  return registry::Rollback{.name = name,
                            .alias = alias,
                            .to = to,
                            .actor = call.actor,
                            .reason = reason,
                            .expected = expected};
}

Result<control::ValidateRequest> ReadValidate(const ApiCall& call, const std::string& model_name,
                                              const std::string& selector) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"target", "baseline", "ignore"}));
  RETURN_IF_ERROR(reader.OnlyParts({"data", "policy"}));
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(model_name));
  ASSIGN_OR_RETURN(const model::ModelRef ref, SelectorRef(name, selector));
  ASSIGN_OR_RETURN(const model::ApiPart* data, reader.RequiredPart("data"));
  ASSIGN_OR_RETURN(std::string target, reader.RequiredQuery("target"));
  ASSIGN_OR_RETURN(control::BaselineWish baseline, ReadBaseline(reader, name));
  control::ValidateRequest request{.ref = ref,
                                   .data = data->bytes,
                                   .target = std::move(target),
                                   .ignored = SplitAtCommas(reader.Query("ignore").value_or("")),
                                   .policy = std::nullopt,
                                   .baseline = std::move(baseline),
                                   .actor = call.actor};
  if (const auto* policy = reader.Part("policy")) request.policy = policy->bytes;
  return request;
}

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

Result<HistoryQuestion> ReadHistory(const ApiCall& call, const std::string& model_name) {
  const CallReader reader(call);
  RETURN_IF_ERROR(reader.OnlyQuery({"alias", "at"}));
  RETURN_IF_ERROR(reader.NoBody());
  HistoryQuestion question;
  ASSIGN_OR_RETURN(question.name, model::ParseModelName(model_name));
  if (const auto text = reader.Query("alias")) {
    ASSIGN_OR_RETURN(question.alias, model::ParseAlias(*text));
  }
  ASSIGN_OR_RETURN(question.at, ReadTime(reader, "at"));
  return question;
}

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

}  // namespace moorage::management

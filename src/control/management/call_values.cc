#include "control/management/call_values.h"

#include <utility>

#include "foundation/base/units.h"

namespace moorage::management {

using base::Result;
using json::JsonReader;

Result<model::ModelRef> SelectorRef(const model::ModelName& name, const std::string& selector) {
  return model::ParseModelRef(name.value() + "@" + selector);
}

Result<model::SemVer> ParseVersion(std::string_view text) {
  // Tags of repositories are written v1.2.3.
  if (text.starts_with('v')) text.remove_prefix(1);
  return model::SemVer::Parse(text);
}

Result<std::string> OptionalText(const JsonReader& body, std::string_view key) {
  const auto member = body.Find(key);
  if (!member || member->value().is_null()) return std::string();
  return member->String();
}

Result<bool> ReadFlag(const JsonReader& body, std::string_view key) {
  const auto member = body.Find(key);
  if (!member) return false;
  return member->Bool();
}

Result<std::optional<model::SemVer>> OptionalVersion(const JsonReader& body, std::string_view key) {
  const auto member = body.Find(key);
  if (!member || member->value().is_null()) return std::optional<model::SemVer>();
  ASSIGN_OR_RETURN(const std::string text, member->String());
  auto version = ParseVersion(text);
  if (!version.ok()) return member->Problem(version.error().message);
  return std::optional(*std::move(version));
}

Result<std::optional<registry::Expected>> ReadExpected(const JsonReader& body) {
  // Absent and null differ. Without the member the move is not conditional.
  if (!body.Find("expected")) return std::optional<registry::Expected>();
  ASSIGN_OR_RETURN(auto version, OptionalVersion(body, "expected"));
  return std::optional(registry::Expected{std::move(version)});
}

Result<std::optional<base::Time>> ReadTime(const CallReader& call, std::string_view name) {
  const auto text = call.Query(name);
  if (!text) return std::optional<base::Time>();
  auto time = base::ParseTime(*text);
  if (!time.ok()) return QueryProblem(name, time.error().message);
  return std::optional(*time);
}

}  // namespace moorage::management

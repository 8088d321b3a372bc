#include "control/management/call_reader.h"

#include <algorithm>
#include <set>

#include "control/push/model_files.h"

namespace moorage::management {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

Error Problem(std::string path, std::string_view problem) {
  std::string message = path + ": " + std::string(problem);
  return Error{Code::kInvalid, std::move(message), {{std::move(path), std::string(problem)}}};
}

std::string Listing(std::initializer_list<std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

bool Contains(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What a call without a body stands for.
const json::Json& EmptyObject() {
  // JsonReader points to its document, so this one is never destroyed before a reader.
  static const json::Json kEmpty = json::Json::object();
  return kEmpty;
}

}  // namespace

Error QueryProblem(std::string_view name, std::string_view problem) {
  return Problem("query '" + std::string(name) + "'", problem);
}

Status CallReader::OnlyQuery(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : call_.query) {
    if (Contains(names, name)) continue;
    return QueryProblem(name, names.size() == 0 ? "unknown; this call takes none"
                                                : "unknown; known are: " + Listing(names));
  }
  return {};
}

Status CallReader::OnlyParts(std::initializer_list<std::string_view> names) const {
  if (!call_.body.is_null()) {
    return Problem("body", "must be multipart/form-data with the parts " + Listing(names));
  }
  std::set<std::string_view> seen;
  for (const model::ApiPart& part : call_.parts) {
    const std::string path = "part '" + part.name + "'";
    if (!Contains(names, part.name)) return Problem(path, "unknown; known are: " + Listing(names));
    // A model may have several files of external data. The file name tells them apart.
    if (part.name != control::kExternalPart && !seen.insert(part.name).second) {
      return Problem(path, "there twice");
    }
  }
  return {};
}

Result<json::JsonReader> CallReader::OnlyBody(
    std::initializer_list<std::string_view> members) const {
  if (!call_.parts.empty()) return Problem("body", "must be a JSON object, not files");
  json::JsonReader reader(call_.body.is_null() ? EmptyObject() : call_.body);
  RETURN_IF_ERROR(reader.OnlyMembers(members));
  return reader;
}

Status CallReader::NoBody() const {
  if (call_.body.is_null() && call_.parts.empty()) return {};
  return Problem("body", "this call takes none");
}

std::optional<std::string> CallReader::Query(std::string_view name) const {
  const auto found = call_.query.find(std::string(name));
  if (found == call_.query.end()) return std::nullopt;
  return found->second;
}

Result<std::string> CallReader::RequiredQuery(std::string_view name) const {
  auto value = Query(name);
  if (!value || value->empty()) return QueryProblem(name, "missing");
  return *std::move(value);
}

const model::ApiPart* CallReader::Part(std::string_view name) const {
  const auto found = std::find_if(call_.parts.begin(), call_.parts.end(),
                                  [name](const model::ApiPart& part) { return part.name == name; });
  return found == call_.parts.end() ? nullptr : &*found;
}

Result<const model::ApiPart*> CallReader::RequiredPart(std::string_view name) const {
  const model::ApiPart* part = Part(name);
  if (part == nullptr) return Problem("part '" + std::string(name) + "'", "missing");
  return part;
}

}  // namespace moorage::management

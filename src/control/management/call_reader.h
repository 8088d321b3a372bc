#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/json_reader.h"
#include "foundation/model/api_call.h"
#include "foundation/model/model_ref.h"

namespace moorage::management {

// Reads one call strictly: what it does not know is an error that names it, never ignored. A view:
// the call must outlive it. All errors are kInvalid with one Detail.
class CallReader {
 public:
  explicit CallReader(const model::ApiCall& call) : call_(call) {}

  // No other query parameters than these; parts and a body only where the two below allow them.
  base::Status OnlyQuery(std::initializer_list<std::string_view> names) const;
  // The call has parts of these names and no body; each once, but "external".
  base::Status OnlyParts(std::initializer_list<std::string_view> names) const;
  // The call has an object (or nothing, which reads as {}) with no other members, and no parts.
  base::Result<json::JsonReader> OnlyBody(std::initializer_list<std::string_view> members) const;
  // The call has neither a body nor parts.
  base::Status NoBody() const;

  std::optional<std::string> Query(std::string_view name) const;
  base::Result<std::string> RequiredQuery(std::string_view name) const;
  // Null if there is none.
  const model::ApiPart* Part(std::string_view name) const;
  base::Result<const model::ApiPart*> RequiredPart(std::string_view name) const;

 private:
  const model::ApiCall& call_;
};

// "query 'limit': must be ..."
base::Error QueryProblem(std::string_view name, std::string_view problem);

}  // namespace moorage::management

#pragma once

// Reads one call strictly. What it does not know is an error that names it.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/json_reader.h"
#include "foundation/model/api_call.h"
#include "foundation/model/model_ref.h"

namespace moorage::management {

// A view, so the call must outlive it. All errors are kInvalid with one Detail. One thread at a
// time.
class CallReader {
 public:
  explicit CallReader(const model::ApiCall& call) : call_(call) {}

  // Accepts only these query parameters.
  base::Status OnlyQuery(std::initializer_list<std::string_view> names) const;
  // Accepts only parts of these names and no body. Each may be there once, except "external".
  base::Status OnlyParts(std::initializer_list<std::string_view> names) const;
  // Accepts only an object with these members, and no parts. A call without a body reads as {}.
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

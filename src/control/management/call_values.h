#pragma once

// Values that several operations read from a call. Pure. All errors are kInvalid and name the
// place. An empty text where a value is wanted is an error.

#include <optional>
#include <string>
#include <string_view>

#include "control/management/call_reader.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json_reader.h"
#include "foundation/model/model_ref.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"

namespace moorage::management {

// A version (with or without v) or an alias of this model.
base::Result<model::ModelRef> SelectorRef(const model::ModelName& name,
                                          const std::string& selector);
// A version, with or without v.
base::Result<model::SemVer> ParseVersion(std::string_view text);

// A member that may be absent or null. It is empty then.
base::Result<std::string> OptionalText(const json::JsonReader& body, std::string_view key);
// A member that is false if it is absent.
base::Result<bool> ReadFlag(const json::JsonReader& body, std::string_view key);
// A member that is a version. Nothing if it is absent or null.
base::Result<std::optional<model::SemVer>> OptionalVersion(const json::JsonReader& body,
                                                           std::string_view key);
// The member "expected". Absent means any current target. Null means that the alias must not exist.
base::Result<std::optional<registry::Expected>> ReadExpected(const json::JsonReader& body);

// A query parameter that is a time. Nothing if it is absent.
base::Result<std::optional<base::Time>> ReadTime(const CallReader& call, std::string_view name);

}  // namespace moorage::management

#pragma once

// References to versions as users write them. Plain values.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "foundation/base/result.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"

namespace moorage::model {

// "cancer@1.2.0", "cancer@production". A bare "cancer" means "cancer@production".
struct ModelRef {
  ModelName name;
  std::variant<Alias, SemVer> selector = Alias("production");

  const SemVer* version() const { return std::get_if<SemVer>(&selector); }
  const Alias* alias() const { return std::get_if<Alias>(&selector); }
};

// "v1.2.3" after the @ is accepted and read as 1.2.3.
base::Result<ModelRef> ParseModelRef(std::string_view text);
std::string Format(const ModelRef& ref);

}  // namespace moorage::model

#pragma once

// The name of a served version for metrics and the log. A plain value.

#include <cstdint>
#include <memory>
#include <string>

#include "foundation/model/names.h"
#include "foundation/model/semver.h"

namespace moorage::model {

// Names a loaded version in metrics and records, without holding the version itself. Immutable and
// shared: an answer may leave after its version has been unloaded.
struct ModelLabel {
  std::uint32_t id = 0;  // unique in the process
  std::string name;      // of the model: "cancer"
  std::string version;   // "1.2.0"
};

using SharedLabel = std::shared_ptr<const ModelLabel>;

// Made once for each load of a version.
inline SharedLabel MakeLabel(std::uint32_t id, const ModelName& name, const SemVer& version) {
  return std::make_shared<const ModelLabel>(ModelLabel{id, name.value(), version.text()});
}

}  // namespace moorage::model

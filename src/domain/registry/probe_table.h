#pragma once

// Rows of the table `probe_reports`. Functions over one transaction.

#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"
#include "platform/store/database.h"

namespace moorage::registry {

// What trial runs of an artifact showed, by an engine on a class of processors. It is a measurement
// that can be made again and no change of the registry, so it writes no event.
struct StoredProbe {
  model::Digest artifact;
  std::string engine;
  std::string processor;
  std::string report;    // the document of docs/formats/probe.md
  base::Time created{};  // set when it is stored
};

// Replaces the report that is there. kInvalid if `report` is not JSON.
base::Status WriteProbe(store::Transaction& transaction, const StoredProbe& probe);
base::Result<std::optional<StoredProbe>> ReadProbe(store::Transaction& transaction,
                                                   const model::Digest& artifact,
                                                   std::string_view engine,
                                                   std::string_view processor);
// Removes reports of before `horizon` on artifacts that no published version has.
base::Status RemoveUnusedProbes(store::Transaction& transaction, base::Time horizon);

}  // namespace moorage::registry

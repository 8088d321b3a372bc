#pragma once

#include <string>
#include <vector>

#include "foundation/model/signature.h"
#include "platform/runtime/graph_info.h"

namespace moorage::servable {

// Why the cost of a run may depend on more than the number of rows, one phrase for each reason.
// These are operators whose work depends on values, and free dimensions behind the first. Empty if
// trial runs show what every run costs. Pure.
std::vector<std::string> ListDataDependence(const runtime::GraphInfo& graph,
                                            const model::Signature& signature);

}  // namespace moorage::servable

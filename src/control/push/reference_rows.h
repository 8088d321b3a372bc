#pragma once

// Rows of reference data for trial runs. Pure.

#include <cstddef>
#include <vector>

#include "domain/evaluation/dataset.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"

namespace moorage::control {

// At most `most` rows of reference data, each as `/predict` takes it, for trial runs. They are
// spread evenly over the data, which may be sorted. Empty for rows of nested arrays. Pure.
std::vector<json::Json> SampleRows(const evaluation::Dataset& data, const model::Manifest& manifest,
                                   std::size_t most);

}  // namespace moorage::control

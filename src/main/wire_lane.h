#pragma once

// Builds the options of the lanes and of their executor from the configuration. Pure.

#include <cstddef>

#include "domain/serving/lane/admission.h"
#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/lane/inference_lane.h"
#include "foundation/base/memory_budget.h"
#include "platform/config/config.h"

namespace moorage::main {

// As many threads as reactors.
lane::BatchExecutor::Options ExecutorOptionsOf(std::size_t reactors);

// Of the one admission, which all lanes share.
lane::Admission::Options AdmissionOptionsOf(const config::Config::Serving& config,
                                            base::MemoryBudget* memory);

// Of each lane.
lane::InferenceLane::Options LaneOptionsOf(const config::Config::Serving& config,
                                           lane::Admission& admission);

}  // namespace moorage::main

#pragma once

// Builds the options of the lanes and of their executor from the configuration. Pure.

#include <cstddef>

#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/lane/inference_lane.h"
#include "platform/config/config.h"

namespace moorage::main {

// As many threads as reactors.
lane::BatchExecutor::Options ExecutorOptionsOf(std::size_t reactors);

// Of one lane. The bound of concurrent requests is shared among the reactors, rounded up.
lane::InferenceLane::Options LaneOptionsOf(const config::Config::Serving& config,
                                           std::size_t reactors);

}  // namespace moorage::main

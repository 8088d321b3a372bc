#pragma once

#include <string>

#include "foundation/telemetry/metrics/exposition.h"

namespace moorage::telemetry {

// The process_* families, read from the kernel whenever they are asked for. What cannot be read is
// left out.
class ProcessMetrics : public Collector {
 public:
  // `proc` is where the proc file system is mounted.
  explicit ProcessMetrics(std::string proc = "/proc") : proc_(std::move(proc)) {}

  void Collect(Exposition& exposition) const override;

 private:
  const std::string proc_;
};

}  // namespace moorage::telemetry

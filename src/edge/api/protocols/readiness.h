#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "domain/serving/model_manager.h"

namespace moorage::api {

// Whether this process should get traffic, and if not, why. Any thread.
class Readiness {
 public:
  explicit Readiness(const serving::ModelManager& manager) : manager_(manager) {}

  // From now on never ready: the process is ending.
  void StartDraining() { draining_.store(true, std::memory_order_release); }
  bool draining() const { return draining_.load(std::memory_order_acquire); }

  // One sentence for each reason; none if ready.
  std::vector<std::string> Reasons() const;

 private:
  const serving::ModelManager& manager_;
  std::atomic<bool> draining_{false};
};

}  // namespace moorage::api

#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "domain/serving/models/model_manager.h"

namespace moorage::probes {

// Whether this process should get traffic, and if not, why. Any thread.
class Readiness {
 public:
  explicit Readiness(const models::ModelManager& manager) : manager_(manager) {}

  // The process is ending. It is never ready again.
  void StartDraining() { draining_.store(true, std::memory_order_release); }
  bool draining() const { return draining_.load(std::memory_order_acquire); }

  // Returns why the process is not healthy, one sentence for each reason, none if it is. A version
  // that could not be loaded is a reason here, even where an older one goes on serving.
  std::vector<std::string> Reasons() const;
  // Returns why no traffic should come. That is because the process ends, nothing is served, or
  // the registry that was opened is not the one at its path any more. A
  // version that cannot be loaded is no reason here. Otherwise a bad promotion would take every
  // replica out of the load balancer at once.
  std::vector<std::string> Obstacles() const;

 private:
  bool ServesSomething() const;

  const models::ModelManager& manager_;
  std::atomic<bool> draining_{false};
};

}  // namespace moorage::probes

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

  // From now on never ready: the process is ending.
  void StartDraining() { draining_.store(true, std::memory_order_release); }
  bool draining() const { return draining_.load(std::memory_order_acquire); }

  // Why not; one sentence for each reason, none if all is well. A version that could not be loaded
  // is a reason here, even where an older one goes on serving.
  std::vector<std::string> Reasons() const;
  // Why no traffic should come: it is ending, or nothing is served. What is served keeps getting
  // its traffic when another version cannot be loaded: a bad promotion must not take every replica
  // out at once.
  std::vector<std::string> Obstacles() const;

 private:
  bool ServesSomething() const;

  const models::ModelManager& manager_;
  std::atomic<bool> draining_{false};
};

}  // namespace moorage::probes

#pragma once

#include <memory>
#include <string>

#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "platform/runtime/session.h"

namespace moorage::runtime {

// Opens artifacts of one format. A backend owns what its sessions share (an environment, a thread
// pool) and must outlive them.
class Backend {
 public:
  virtual ~Backend() = default;

  // Loads the model (artifact.model and artifact.external; the manifest is not read). kInvalid says
  // what the bytes are if they are no model (empty, truncated, a pickle, an archive) or that the
  // graph has no inputs, kUnsupported which operator is not known; nothing of a failed open stays.
  virtual base::Result<std::unique_ptr<Session>> Open(const model::Artifact& artifact) = 0;

  // "onnxruntime 1.28.0"
  virtual std::string version() const = 0;
};

}  // namespace moorage::runtime

#pragma once

// The interface that opens models. An implementation allows any thread to open them.

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

  // Loads the model (artifact.model and artifact.external; the manifest is not read). kInvalid
  // describes bytes that are no model (empty, truncated, a pickle, an archive) and graphs without
  // inputs. kUnsupported names the unknown operator. A failed open leaves nothing behind.
  virtual base::Result<std::unique_ptr<Session>> Open(const model::Artifact& artifact) = 0;

  // "onnxruntime 1.28.0"
  virtual std::string version() const = 0;
};

}  // namespace moorage::runtime

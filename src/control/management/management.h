#pragma once

#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::management {

// The interface of the management API. The CLI calls it in-process and the HTTP server calls it for
// its clients, so both give the same answers. Safe from any thread.
//
// operations.h lists the operations, docs/operations/api.md describes them. A query parameter, a
// member or a part that an operation does not know is an error that names it.
class Management {
 public:
  virtual ~Management() = default;
  // Blocks. An operation that is not in the list is kNotFound.
  virtual base::Result<model::ApiReply> Handle(const model::ApiCall& call) = 0;
};

}  // namespace moorage::management

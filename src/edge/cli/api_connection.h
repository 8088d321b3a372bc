#pragma once

#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::cli {

// Where a command's call goes, which is the local registry in this process, or a server. The same
// call gives the same document either way. One thread at a time.
class ApiConnection {
 public:
  virtual ~ApiConnection() = default;

  virtual base::Result<model::ApiReply> Call(const model::ApiCall& call) = 0;
};

}  // namespace moorage::cli

#pragma once

#include <string>
#include <utility>

#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::cli {

// Where a command's call goes: the local registry in this process, or a server. The same call gives
// the same document either way.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual base::Result<model::ApiReply> Call(const model::ApiCall& call) = 0;
};

// A call without query parameters, files or (unless given) a body.
inline model::ApiCall MakeCall(std::string method, std::string path, json::Json body = nullptr) {
  model::ApiCall call;
  call.method = std::move(method);
  call.path = std::move(path);
  call.body = std::move(body);
  return call;
}

}  // namespace moorage::cli

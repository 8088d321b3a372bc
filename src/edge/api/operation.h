#pragma once

// Rows that declare what can be asked for, and the handlers that answer.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "edge/api/exchange.h"
#include "foundation/base/result.h"
#include "foundation/model/operation_row.h"
#include "foundation/model/path_template.h"

namespace moorage::api {

// The parameters that a path template bound: "/v2/models/{name}/versions/{version}/infer".
using model::PathParameters;
using model::Permission;

// Answers the requests of some operations. Each class states whether it is one object per reactor
// or one for all.
class Handler {
 public:
  virtual ~Handler() = default;

  // Judges a request whose body has not arrived, by what the path names. An error refuses it before
  // the body is read. Handle() is called without it where the body has come with the head.
  virtual base::Status JudgeHead(const PathParameters& /*path*/) { return {}; }

  // Runs on the reactor's thread and must not block. The request's views end when it returns.
  virtual void Handle(ExchangeRef exchange, const PathParameters& path) = 0;
};

// A row that declares one thing that can be asked for. The metric label, the permission check, the
// check of the body and /openapi.json all read it.
struct Operation {
  std::string_view name;  // "predict_v1" in the label `endpoint`, the log and /openapi.json
  Method method = Method::kGet;
  // A template. "{name}" matches one segment without '/', or a part of it as in "{name}:predict".
  std::string_view path;
  Permission permission = Permission::kNone;
  bool is_inference = false;      // counts into the model_* families, is logged as a prediction
  bool json_body = false;         // another Content-Type is answered with 415 (media_type.h)
  std::string_view summary = {};  // one line for people
  bool is_probe = false;          // sent by machines every few seconds, logged at level debug
  // Of the management API, else null. A body that is neither announced as JSON nor a form is then
  // answered with 415 (media_type.h).
  const model::OperationRow* row = nullptr;
  std::size_t max_body = 0;  // 0 for the server's own bound, or for GET kBodyOfGet
};

// What a request may send where its operation takes no body. Some clients add one to every request.
inline constexpr std::size_t kBodyOfGet = 64U << 10U;

// An operation and the handler that answers it.
struct Route {
  Operation operation;
  Handler* handler = nullptr;
};

// Returns the operation of that name, and aborts if there is none.
const Operation& FindOperation(std::span<const Operation> operations, std::string_view name);

}  // namespace moorage::api

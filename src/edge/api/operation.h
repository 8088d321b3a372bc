#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "edge/api/exchange.h"

namespace moorage::api {

// The parameters that a path template bound: "/v2/models/{name}/versions/{version}/infer".
struct PathParameters {
  static constexpr std::size_t kMax = 3;
  struct Entry {
    std::string_view name;
    std::string_view value;
  };
  Entry entries[kMax];
  std::size_t count = 0;

  // Empty if there is none of that name.
  std::string_view Get(std::string_view name) const;
};

// Answers the requests of some operations. One object per reactor or one for all, as its class
// says.
class Handler {
 public:
  virtual ~Handler() = default;

  // Runs on the reactor's thread and must not block. The request's views die when it returns.
  virtual void Handle(ExchangeRef exchange, const PathParameters& path) = 0;
};

enum class Permission : std::uint8_t { kNone, kRead, kPredict, kPush, kValidate, kPromote, kAdmin };

// A thing that can be asked for, declared once. The metric label, the permission, the accepted body
// and the description of /openapi.json all read this row.
struct Operation {
  std::string_view name;  // "predict_v1": label `endpoint`, log field, operationId
  Method method = Method::kGet;
  std::string_view path;  // template; "{name}" matches one segment without '/', may be a prefix or
                          // suffix of it: "{name}@{selector}", "{name}:predict"
  Permission permission = Permission::kNone;
  bool is_inference = false;      // counts into the model_* families, is logged as a prediction
  bool json_body = false;         // Content-Type must be JSON (or absent): 415 otherwise
  std::string_view summary = {};  // one line for people
  bool is_probe = false;          // asked by machines every few seconds: logged at level debug
};

// Operations and who answers them. Lookup is one pass over the path; a known path with another
// method answers 405 with Allow.
struct Route {
  Operation operation;
  Handler* handler = nullptr;
};

// The operation of that name; it must exist.
const Operation& FindOperation(std::span<const Operation> operations, std::string_view name);

}  // namespace moorage::api

#pragma once

// A call of the management API and its answer, as plain values.

#include <map>
#include <string>
#include <vector>

#include "foundation/base/cancel_token.h"
#include "foundation/json/json.h"
#include "foundation/model/model_ref.h"
#include "foundation/model/operation_row.h"

namespace moorage::model {

// One named part of a call that carries files (multipart/form-data over HTTP).
struct ApiPart {
  std::string name;      // "model", "metadata", "data"
  std::string filename;  // may be empty
  std::string bytes;
};

// A call of the management API in neutral form. The CLI makes it. It runs in-process on the local
// registry or travels to a server. Both give the same answer.
//
//   ApiCall call = MakeCall(row, {{"name", "cancer"}});
//   call.query["limit"] = "10";
struct ApiCall {
  const OperationRow* operation = nullptr;             // not null once the call is made
  std::map<std::string, std::string> parameters = {};  // of the row's path, decoded
  std::map<std::string, std::string> query = {};       // decoded
  json::Json body = {};                                // null if there is none
  std::vector<ApiPart> parts = {};                     // files; `body` is null then
  std::string actor = {};  // who calls; set by the receiving edge, never by the wire
  // Cancelled when no client waits for the answer. Checked before a change is made to last.
  base::CancelToken cancel = {};

  // The value of a parameter of the path. Empty if there is none of that name.
  const std::string& Parameter(const std::string& name) const;
};

// A call without query parameters and files. The body is null unless it is given.
ApiCall MakeCall(const OperationRow& operation, std::map<std::string, std::string> parameters = {},
                 json::Json body = nullptr);

// The parameters {name} and {selector} of a reference: "cancer@1.2.0" is "cancer" and "1.2.0".
std::map<std::string, std::string> SelectorParameters(const ModelRef& ref);

// A successful answer. Errors travel as base::Error.
struct ApiReply {
  int status = 200;  // 200 or 201
  json::Json body;
};

}  // namespace moorage::model

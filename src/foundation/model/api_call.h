#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "foundation/json/json.h"

namespace moorage::model {

// One named part of a call that carries files (multipart/form-data over HTTP).
struct ApiPart {
  std::string name;      // "model", "metadata", "data"
  std::string filename;  // may be empty
  std::string bytes;
};

// A call of the management API in neutral form. The CLI makes it; it runs in-process on the local
// registry or travels to a server: one surface, two transports, the same answers.
struct ApiCall {
  std::string method;                             // "GET", "POST", "DELETE"
  std::string path;                               // "/api/v1/models/cancer", decoded
  std::map<std::string, std::string> query = {};  // decoded
  json::Json body = {};                           // null if there is none
  std::vector<ApiPart> parts = {};                // files; `body` is null then
  std::string actor = {};  // who calls; set by the receiving edge, never by the wire
};

// A successful answer. Errors travel as base::Error.
struct ApiReply {
  int status = 200;  // 200 or 201
  json::Json body;
};

}  // namespace moorage::model

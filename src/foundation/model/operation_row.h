#pragma once

#include <cstdint>
#include <string_view>

namespace moorage::model {

// The HTTP verb of an operation. A server answers HEAD where it answers kGet.
enum class Verb : std::uint8_t { kGet, kPost, kPut, kDelete };

// "GET"
std::string_view Name(Verb verb);

// What a caller must be allowed to do. kNone is open to every caller.
enum class Permission : std::uint8_t { kNone, kRead, kPredict, kPush, kValidate, kPromote, kAdmin };

// Where a server answers an operation.
enum class AnsweredBy : std::uint8_t {
  kRegistry,   // on a thread that may block, by management::Management
  kDataPlane,  // on the reactor, by a handler of its own
};

// Whether an operation can change what a server should serve.
enum class AliasEffect : std::uint8_t { kNone, kMoves };

// One operation of the HTTP API, declared once. The router, the command line, the HTTP client, the
// permission check and /openapi.json read this row. Rows are constants that live as long as the
// program, so a pointer to a row identifies the operation.
//
//   {.name = "promote",
//    .verb = Verb::kPut,
//    .path = "/api/v1/models/{name}/aliases/{alias}",
//    .permission = Permission::kPromote,
//    .summary = "Point an alias to a version"}
struct OperationRow {
  std::string_view name;  // unique in a server; metric label, log field and operationId
  Verb verb = Verb::kGet;
  std::string_view path;  // a template (path_template.h)
  Permission permission = Permission::kRead;
  std::string_view summary;  // one line for people
  AnsweredBy answered_by = AnsweredBy::kRegistry;
  AliasEffect alias_effect = AliasEffect::kNone;
};

}  // namespace moorage::model

#pragma once

// Reads parsed JSON documents of known shape, with paths in the errors.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"

namespace moorage::json {

// Reads a document whose shape is known. Every error is kInvalid and names the place ("labels[2]:
// must be a string"), in the message and in its one Detail. A view, so the Json must outlive it.
//
//   JsonReader body(json);
//   RETURN_IF_ERROR(body.OnlyMembers({"name", "to"}));
//   ASSIGN_OR_RETURN(const JsonReader name, body.Member("name"));
//   ASSIGN_OR_RETURN(const std::string text, name.String());
class JsonReader {
 public:
  // `path` is what errors call this value, and empty for the document itself.
  explicit JsonReader(const Json& value, std::string path = {})
      : value_(&value), path_(std::move(path)) {}

  const Json& value() const { return *value_; }
  const std::string& path() const { return path_; }

  base::Result<std::string> String() const;
  base::Result<bool> Bool() const;
  base::Result<double> Number() const;  // an integer or a fraction, as the nearest double
  // Without fraction and within [min, max].
  base::Result<std::int64_t> Integer(std::int64_t min = INT64_MIN,
                                     std::int64_t max = INT64_MAX) const;

  // A member that must be there.
  base::Result<JsonReader> Member(std::string_view key) const;
  // A member that may be absent. Also nothing if this is not an object, which OnlyMembers() checks.
  std::optional<JsonReader> Find(std::string_view key) const;
  // This is an object and has no other members than these.
  base::Status OnlyMembers(std::initializer_list<std::string_view> keys) const;

  // The elements of an array, and the members of an object in their order.
  base::Result<std::vector<JsonReader>> Items() const;
  struct NamedMember;
  base::Result<std::vector<NamedMember>> Members() const;

  // An error that names this path, as in Problem("must be positive").
  base::Error Problem(std::string_view problem) const;

 private:
  std::string PathOf(std::string_view key) const;

  const Json* value_;
  std::string path_;
};

// A member of an object whose keys are data, for instance a map of metrics.
struct JsonReader::NamedMember {
  std::string name;
  JsonReader value;
};

}  // namespace moorage::json

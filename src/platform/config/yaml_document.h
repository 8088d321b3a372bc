#pragma once

// Reads YAML into a tree that knows its lines and columns. Pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"

namespace moorage::config {

inline constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxYamlNodes = 100'000;  // aliases count as what they stand for
inline constexpr std::size_t kMaxYamlDepth = 32;

// One value of a YAML document, and where it stands, counted from 1.
struct YamlNode {
  enum class Kind : std::uint8_t { kScalar, kSequence, kMapping };

  Kind kind = Kind::kScalar;
  int line = 1;
  int column = 1;
  // A scalar by the core schema of YAML 1.2, which knows null, booleans and numbers. All else, and
  // all that is quoted, is text. Integers within int64 and uint64 stay integers.
  json::Json scalar;
  std::vector<YamlNode> children;  // items of a sequence, values of a mapping, in order
  std::string key;                 // of this node in its mapping; unique there
  int key_line = 1;
};

// Reads the one document of `text`; `file` is its name in messages. An empty text is null. Every
// error is kInvalid (kExhausted past a limit) and reads "moorage.yaml:12:5: why". Refused beside
// what is no YAML: duplicate keys, keys that are no scalars, merge keys (<<), tags beyond the core
// schema, infinities, an alias inside its own anchor, a second document.
base::Result<YamlNode> ParseYaml(std::string_view text, std::string_view file);

json::Json ToJson(const YamlNode& node);

// One unquoted word by the core schema.
json::Json ResolveScalar(std::string_view text);

}  // namespace moorage::config

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"

// Path templates of the HTTP API: "/api/v1/models/{name}/versions/{selector}". A parameter matches
// one or more characters of one segment. It may have text before or after it in its segment, as in
// "{name}@{selector}" and "{name}:predict".
namespace moorage::model {

// The parameters that a template bound. Names are views into the pattern, values into the path.
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

// One segment of a template: text0 {name0} text1 [{name1} text2]. Immutable.
class PathPattern {
 public:
  // kInvalid names the mistake: "stray '}'".
  static base::Result<PathPattern> Parse(std::string_view segment);

  // Binds the parameters to the pieces of `segment`. Each parameter takes as few characters as it
  // can. Returns false if the segment does not match or kMax parameters are bound already. The
  // entries behind the former count are then unspecified.
  bool Bind(std::string_view segment, PathParameters& parameters) const;

  // Empty for a literal segment.
  const std::vector<std::string>& names() const { return names_; }
  // Characters that are not parameters. Of two patterns the one with more of them is tried first.
  std::size_t literal_characters() const;

  bool operator==(const PathPattern&) const = default;

 private:
  PathPattern() = default;

  std::vector<std::string> texts_;  // one more than names
  std::vector<std::string> names_;
};

// Names of the parameters of a template, in order. The views point into `path_template`.
std::vector<std::string_view> ParameterNames(std::string_view path_template);

// The path of a template with its parameters filled in. Nothing is encoded. kInvalid names a
// parameter that is missing, and one that the template does not have.
base::Result<std::string> RenderPath(std::string_view path_template,
                                     const std::map<std::string, std::string>& parameters);

}  // namespace moorage::model

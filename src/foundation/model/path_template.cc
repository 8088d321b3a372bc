#include "foundation/model/path_template.h"

#include <algorithm>
#include <utility>

namespace moorage::model {
namespace {

base::Error Malformed(std::string_view why) { return {base::Code::kInvalid, std::string(why)}; }

}  // namespace

std::string_view PathParameters::Get(std::string_view name) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (entries[i].name == name) return entries[i].value;
  }
  return {};
}

base::Result<PathPattern> PathPattern::Parse(std::string_view segment) {
  PathPattern pattern;
  while (true) {
    const std::size_t open = segment.find('{');
    pattern.texts_.emplace_back(segment.substr(0, open));
    if (pattern.texts_.back().find('}') != std::string::npos) return Malformed("stray '}'");
    if (open == std::string_view::npos) return pattern;
    const std::size_t close = segment.find('}', open);
    if (close == std::string_view::npos) return Malformed("'{' without '}'");
    // Text must separate two parameters, so that there is one reading only.
    if (open == 0 && !pattern.names_.empty()) return Malformed("two parameters side by side");
    pattern.names_.emplace_back(segment.substr(open + 1, close - open - 1));
    if (pattern.names_.back().empty()) return Malformed("a parameter without a name");
    segment.remove_prefix(close + 1);
  }
}

// Matches non-greedily and without backtracking. Each parameter ends at the first occurrence of the
// text behind it, the last one at the end of the segment.
bool PathPattern::Bind(std::string_view segment, PathParameters& parameters) const {
  if (!segment.starts_with(texts_.front())) return false;
  segment.remove_prefix(texts_.front().size());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::string& text = texts_[i + 1];
    std::size_t length = segment.size();
    if (i + 1 == names_.size()) {
      if (!segment.ends_with(text)) return false;
      length -= text.size();
    } else {
      // From the second character, because a parameter matches at least one.
      length = segment.find(text, 1);
      if (length == std::string_view::npos) return false;
    }
    if (length == 0 || parameters.count == PathParameters::kMax) return false;
    parameters.entries[parameters.count++] = {names_[i], segment.substr(0, length)};
    segment.remove_prefix(std::min(segment.size(), length + text.size()));
  }
  return true;
}

std::size_t PathPattern::literal_characters() const {
  std::size_t sum = 0;
  for (const std::string& text : texts_) sum += text.size();
  return sum;
}

std::vector<std::string_view> ParameterNames(std::string_view path_template) {
  std::vector<std::string_view> names;
  for (std::size_t open = path_template.find('{'); open != std::string_view::npos;
       open = path_template.find('{', open + 1)) {
    names.push_back(path_template.substr(open + 1, path_template.find('}', open) - open - 1));
  }
  return names;
}

base::Result<std::string> RenderPath(std::string_view path_template,
                                     const std::map<std::string, std::string>& parameters) {
  const auto problem = [path_template](std::string_view name, std::string_view why) {
    return Malformed("path " + std::string(path_template) + ": parameter '" + std::string(name) +
                     "' " + std::string(why));
  };
  const std::vector<std::string_view> names = ParameterNames(path_template);
  for (const auto& [name, value] : parameters) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return problem(name, "is not in it");
    }
  }
  std::string path;
  std::string_view rest = path_template;
  for (const std::string_view name : names) {
    const auto found = parameters.find(std::string(name));
    if (found == parameters.end() || found->second.empty()) return problem(name, "is missing");
    const std::size_t open = rest.find('{');
    path.append(rest.substr(0, open)).append(found->second);
    rest.remove_prefix(rest.find('}', open) + 1);
  }
  return path.append(rest);
}

}  // namespace moorage::model

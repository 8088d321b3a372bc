#include "edge/api/router.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace moorage::api {

// A segment with parameters: text0 {name0} text1 [{name1} text2].
struct PathPattern {
  std::vector<std::string> texts;  // one more than names
  std::vector<std::string> names;

  std::size_t literal_characters() const {
    std::size_t sum = 0;
    for (const std::string& text : texts) sum += text.size();
    return sum;
  }

  bool operator==(const PathPattern& other) const { return texts == other.texts; }
};

namespace {

constexpr std::size_t Index(Method method) { return static_cast<std::size_t>(method); }

base::Error Malformed(std::string_view path, std::string_view why) {
  return {base::Code::kInvalid, "route " + std::string(path) + ": " + std::string(why)};
}

base::Result<PathPattern> ParsePattern(std::string_view path, std::string_view segment) {
  PathPattern pattern;
  while (true) {
    const std::size_t open = segment.find('{');
    pattern.texts.emplace_back(segment.substr(0, open));
    if (pattern.texts.back().find('}') != std::string::npos) return Malformed(path, "stray '}'");
    if (open == std::string_view::npos) return pattern;
    const std::size_t close = segment.find('}', open);
    if (close == std::string_view::npos) return Malformed(path, "'{' without '}'");
    if (open > 0 || pattern.names.empty()) {
      // A literal separates two parameters, so that there is one reading only.
    } else {
      return Malformed(path, "two parameters side by side");
    }
    pattern.names.emplace_back(segment.substr(open + 1, close - open - 1));
    if (pattern.names.back().empty()) return Malformed(path, "a parameter without a name");
    segment.remove_prefix(close + 1);
  }
}

// Binds the parameters of `pattern` to the pieces of `segment`: each parameter takes as little as
// it can.
bool Bind(const PathPattern& pattern, std::string_view segment, PathParameters& parameters) {
  if (!segment.starts_with(pattern.texts.front())) return false;
  segment.remove_prefix(pattern.texts.front().size());
  for (std::size_t i = 0; i < pattern.names.size(); ++i) {
    const std::string& text = pattern.texts[i + 1];
    std::size_t length = segment.size();
    if (i + 1 == pattern.names.size()) {
      if (!segment.ends_with(text)) return false;
      length -= text.size();
    } else {
      length = segment.find(text, 1);
      if (length == std::string_view::npos) return false;
    }
    if (length == 0 || parameters.count == PathParameters::kMax) return false;
    parameters.entries[parameters.count++] = {pattern.names[i], segment.substr(0, length)};
    segment.remove_prefix(std::min(segment.size(), length + text.size()));
  }
  return true;
}

std::string_view WithoutTrailingSlash(std::string_view path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

// Cuts the first segment off "/a/b"; nothing is left of "".
std::string_view TakeSegment(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

}  // namespace

struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::vector<std::pair<PathPattern, std::unique_ptr<Node>>>
      patterns;  // most literal characters first
  Methods methods{};
  bool is_end = false;

  Node& Literal(std::string_view text) {
    for (auto& [name, node] : literals) {
      if (name == text) return *node;
    }
    return *literals.emplace_back(std::string(text), std::make_unique<Node>()).second;
  }

  Node& Child(PathPattern pattern) {
    for (auto& [known, node] : patterns) {
      if (known == pattern && known.names == pattern.names) return *node;
    }
    const auto place = std::ranges::find_if(patterns, [&](const auto& entry) {
      return entry.first.literal_characters() < pattern.literal_characters();
    });
    return *patterns.emplace(place, std::move(pattern), std::make_unique<Node>())->second;
  }

  const Node* Find(std::string_view path, PathParameters& parameters) const {
    if (path.empty()) return is_end ? this : nullptr;
    const std::string_view segment = TakeSegment(path);
    for (const auto& [name, node] : literals) {
      if (name != segment) continue;
      if (const Node* found = node->Find(path, parameters); found != nullptr) return found;
      break;
    }
    const std::size_t bound = parameters.count;
    for (const auto& [pattern, node] : patterns) {
      parameters.count = bound;
      if (!Bind(pattern, segment, parameters)) continue;
      if (const Node* found = node->Find(path, parameters); found != nullptr) return found;
    }
    parameters.count = bound;
    return nullptr;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

base::Status Router::Add(const Route& route) {
  const std::string_view path = route.operation.path;
  if (!path.starts_with('/')) return Malformed(path, "does not start with '/'");
  if (route.handler == nullptr) return Malformed(path, "has no handler");
  Methods* methods = nullptr;
  if (path.find_first_of("{}") == std::string_view::npos) {
    methods = &static_[std::string(WithoutTrailingSlash(path))];
  } else {
    Node* node = root_.get();
    std::string_view rest = path;
    std::size_t parameters = 0;
    while (!rest.empty()) {
      const std::string_view segment = TakeSegment(rest);
      ASSIGN_OR_RETURN(PathPattern pattern, ParsePattern(path, segment));
      parameters += pattern.names.size();
      node = pattern.names.empty() ? &node->Literal(segment) : &node->Child(std::move(pattern));
    }
    if (parameters > PathParameters::kMax) return Malformed(path, "too many parameters");
    node->is_end = true;
    methods = &node->methods;
  }
  const Route*& slot = (*methods)[Index(route.operation.method)];
  if (slot != nullptr) {
    return base::Error{base::Code::kConflict, "route " + std::string(path) + ": taken by " +
                                                  std::string(slot->operation.name)};
  }
  slot = routes_.emplace_back(std::make_unique<Route>(route)).get();
  return {};
}

Router::Match Router::Find(Method method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  path = WithoutTrailingSlash(path);
  if (const auto found = static_.find(path); found != static_.end()) {
    match.methods = &found->second;
  } else if (const Node* node = root_->Find(path, match.parameters); node != nullptr) {
    match.methods = &node->methods;
  } else {
    return match;
  }
  if (method == Method::kOther) return match;
  match.route = (*match.methods)[Index(method)];
  if (match.route == nullptr && method == Method::kHead) {
    match.route = (*match.methods)[Index(Method::kGet)];
  }
  return match;
}

std::string AllowedMethods(const Router::Methods& methods) {
  std::string allowed;
  for (std::size_t i = 0; i < Index(Method::kOther); ++i) {
    const auto method = static_cast<Method>(i);
    const bool by_get = method == Method::kHead && methods[Index(Method::kGet)] != nullptr;
    if (methods[i] == nullptr && !by_get) continue;
    if (!allowed.empty()) allowed += ", ";
    allowed += Name(method);
  }
  return allowed;
}

}  // namespace moorage::api

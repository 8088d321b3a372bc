#include "edge/api/router.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "foundation/model/path_template.h"

namespace moorage::api {

namespace {

constexpr std::size_t Index(Method method) { return static_cast<std::size_t>(method); }

base::Error Malformed(std::string_view path, std::string_view why) {
  return {base::Code::kInvalid, "route " + std::string(path) + ": " + std::string(why)};
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
  std::vector<std::pair<model::PathPattern, std::unique_ptr<Node>>>
      patterns;  // most literal characters first
  Methods methods{};
  bool is_end = false;

  Node& Literal(std::string_view text) {
    for (auto& [name, node] : literals) {
      if (name == text) return *node;
    }
    return *literals.emplace_back(std::string(text), std::make_unique<Node>()).second;
  }

  Node& Child(model::PathPattern pattern) {
    for (auto& [known, node] : patterns) {
      if (known == pattern) return *node;
    }
    const auto place = std::ranges::find_if(patterns, [&](const auto& entry) {
      return entry.first.literal_characters() < pattern.literal_characters();
    });
    return *patterns.emplace(place, std::move(pattern), std::make_unique<Node>())->second;
  }

  // Depth-first search with backtracking in a trie of segments. A literal is tried before patterns,
  // and a branch that does not reach an end gives its parameters back.
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
      if (!pattern.Bind(segment, parameters)) continue;
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
  // Paths without parameters, all predictions with the default model among them, take one look-up.
  if (path.find_first_of("{}") == std::string_view::npos) {
    const std::string_view whole = WithoutTrailingSlash(path);
    if (static_.size() <= whole.size()) static_.resize(whole.size() + 1);
    std::vector<StaticPath>& same_length = static_[whole.size()];
    const auto known = std::ranges::find(same_length, whole, &StaticPath::path);
    methods = known != same_length.end()
                  ? &known->methods
                  : &same_length.emplace_back(StaticPath{.path = std::string(whole)}).methods;
  } else {
    Node* node = root_.get();
    std::string_view rest = path;
    std::size_t parameters = 0;
    while (!rest.empty()) {
      const std::string_view segment = TakeSegment(rest);
      auto pattern = model::PathPattern::Parse(segment);
      if (!pattern.ok()) return Malformed(path, pattern.error().message);
      parameters += pattern->names().size();
      node = pattern->names().empty() ? &node->Literal(segment) : &node->Child(*std::move(pattern));
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

const Router::Methods* Router::FindStatic(std::string_view path) const {
  if (path.size() >= static_.size()) return nullptr;
  // Few paths have the same length, so comparing them costs less than a hash of the path.
  for (const StaticPath& known : static_[path.size()]) {
    if (std::memcmp(known.path.data(), path.data(), path.size()) == 0) return &known.methods;
  }
  return nullptr;
}

Router::Match Router::Find(Method method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  path = WithoutTrailingSlash(path);
  if (const Methods* const found = FindStatic(path); found != nullptr) {
    match.methods = found;
  } else if (const Node* node = root_->Find(path, match.parameters); node != nullptr) {
    match.methods = &node->methods;
  } else {
    return match;
  }
  if (method == Method::kOther) return match;
  match.route = (*match.methods)[Index(method)];
  // HEAD is answered as GET, and the codec leaves the body out (RFC 9110, 9.3.2).
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

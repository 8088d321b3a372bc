#pragma once

// Finds the operation of a request by method and path. Read-only once the server runs.

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "edge/api/operation.h"
#include "foundation/base/result.h"

namespace moorage::api {

// The operations of a server by path and method. Paths without parameters are found by hash, the
// others segment by segment: a literal segment beats a pattern ("{name}:predict",
// "{name}@{selector}", the one with more literal characters first), a pattern beats a bare
// parameter. A parameter matches one or more characters of one segment. One '/' at the end of a
// path is ignored. HEAD is answered by GET's handler.
class Router {
 public:
  // What serves a path, by method; nothing where the method is not allowed.
  using Methods = std::array<const Route*, 8>;

  struct Match {
    const Route* route = nullptr;      // null: unknown path or method not allowed
    const Methods* methods = nullptr;  // null: unknown path
    PathParameters parameters;
  };

  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // kInvalid for a malformed template, kConflict if path and method are taken.
  base::Status Add(const Route& route);

  // `path` is decoded and without query; parameters are views into it.
  Match Find(Method method, std::string_view path) const;

  // In the order of Add(). Addresses are stable.
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  struct Node;
  // A path without parameters.
  struct StaticPath {
    std::string path;
    Methods methods{};
  };
  const Methods* FindStatic(std::string_view path) const;

  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<std::vector<StaticPath>> static_;  // by length
  std::unique_ptr<Node> root_;
};

// "GET, HEAD, POST": what Allow says of a path.
std::string AllowedMethods(const Router::Methods& methods);

}  // namespace moorage::api

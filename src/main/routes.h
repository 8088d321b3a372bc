#pragma once

// The routes of one reactor: its handlers, and the router that finds them. Filled before the
// reactor starts by the Add functions of wire_<room>.h, read on the reactor's thread from then on.

#include <memory>
#include <vector>

#include "edge/api/router.h"
#include "foundation/base/result.h"

namespace moorage::main {

class Routes {
 public:
  // kInvalid for a malformed path, kConflict if path and method are taken.
  base::Status Add(const api::Operation& operation, std::unique_ptr<api::Handler> handler) {
    handlers_.push_back(std::move(handler));
    return router_.Add({operation, handlers_.back().get()});
  }

  const api::Router& router() const { return router_; }

 private:
  std::vector<std::unique_ptr<api::Handler>> handlers_;
  api::Router router_;
};

}  // namespace moorage::main

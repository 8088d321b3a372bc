#pragma once

#include <string_view>

#include "control/management/management.h"
#include "domain/serving/models/model_manager.h"
#include "edge/api/operation.h"
#include "edge/management/job_queue.h"
#include "edge/net/reactor.h"

namespace moorage::management_http {

// Hands the calls of the management API to control::Management on a thread that may block, and
// brings the answer back to the reactor. A full queue answers 503 at once. After a call that moves
// an alias the answer waits, a second at most, until this server serves what was decided: a client
// that promotes and then predicts meets the new version. One object per reactor.
class ManagementHandler : public api::Handler {
 public:
  struct Deps {
    management::Management& management;
    models::ModelManager& manager;
    JobQueue& jobs;
    net::Reactor& reactor;
  };

  explicit ManagementHandler(const Deps& deps) : deps_(deps) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  const Deps deps_;
};

// The neutral form of a request: decoded query, JSON body or multipart parts. kInvalid for what
// cannot be read.
base::Result<model::ApiCall> ApiCallOf(const api::Request& request);

}  // namespace moorage::management_http

#pragma once

#include <string_view>

#include "control/management.h"
#include "domain/serving/model_manager.h"
#include "edge/api/http/reactor.h"
#include "edge/api/operation.h"
#include "edge/api/protocols/job_queue.h"

namespace moorage::api {

// Hands the calls of the management API to control::Management on a thread that may block, and
// brings the answer back to the reactor. A full queue answers 503 at once. After a call that moves
// an alias the answer waits, a second at most, until this server serves what was decided: a client
// that promotes and then predicts meets the new version. One object per reactor.
class ManagementHandler : public Handler {
 public:
  struct Deps {
    control::Management& management;
    serving::ModelManager& manager;
    JobQueue& jobs;
    Reactor& reactor;
  };

  explicit ManagementHandler(const Deps& deps) : deps_(deps) {}

  void Handle(ExchangeRef exchange, const PathParameters& path) override;

 private:
  const Deps deps_;
};

// The neutral form of a request: decoded query, JSON body or multipart parts. kInvalid for what
// cannot be read.
base::Result<model::ApiCall> ApiCallOf(const Request& request);

}  // namespace moorage::api

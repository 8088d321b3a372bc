#include "control/rollback/roll_back.h"

namespace moorage::control {

base::Result<registry::Moved> RollBack::Run(const RollBackRequest& request) {
  return deps_.registry.RollBack({.name = request.name,
                                  .alias = request.alias,
                                  .to = request.to,
                                  .actor = request.actor,
                                  .reason = request.reason,
                                  .expected = request.expected});
}

}  // namespace moorage::control

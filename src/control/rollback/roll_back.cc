#include "control/rollback/roll_back.h"

namespace moorage::control {

base::Result<registry::Moved> RollBack::Run(const registry::Rollback& rollback) {
  return deps_.registry.RollBack(rollback);
}

}  // namespace moorage::control

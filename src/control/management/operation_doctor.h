#pragma once

#include "control/management/operations.h"
#include "domain/registry/registry.h"
#include "foundation/json/json.h"

// The operation reads and verifies everything that is stored.
namespace moorage::management {

json::Json DoctorDocument(const registry::VerifyReport& report);

}  // namespace moorage::management

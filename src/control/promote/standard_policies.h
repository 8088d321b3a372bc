#pragma once

#include <vector>

#include "foundation/model/names.h"

namespace moorage::control {

// The digests of the default policies of all tasks. They are the policies of a standard rule.
std::vector<model::Digest> StandardPolicies();

}  // namespace moorage::control

#include "control/management/operations.h"

#include <algorithm>
#include <array>

namespace moorage::management {
namespace {

// Addresses are constants, so the table does not depend on the order in which files are
// initialised.
#define MOORAGE_ADDRESS_OF_OPERATION(name) &(name),
constexpr std::array kAllOperations = {MOORAGE_MANAGEMENT_OPERATIONS(MOORAGE_ADDRESS_OF_OPERATION)};
#undef MOORAGE_ADDRESS_OF_OPERATION

}  // namespace

std::span<const ManagementOperation* const> Operations() { return kAllOperations; }

const ManagementOperation* FindOperation(const model::OperationRow* row) {
  // By address, because a row of the data plane may have the same path and is no operation of this
  // table.
  const auto found = std::ranges::find_if(
      kAllOperations,
      [row](const ManagementOperation* operation) { return &operation->row == row; });
  return found == kAllOperations.end() ? nullptr : *found;
}

}  // namespace moorage::management

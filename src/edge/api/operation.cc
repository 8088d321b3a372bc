#include "edge/api/operation.h"

#include <algorithm>
#include <cstdlib>

namespace moorage::api {

const Operation& FindOperation(std::span<const Operation> operations, std::string_view name) {
  const auto found =
      std::find_if(operations.begin(), operations.end(),
                   [name](const Operation& operation) { return operation.name == name; });
  // The name is written in the program, so a missing one is a mistake of the wiring.
  if (found == operations.end()) std::abort();
  return *found;
}

}  // namespace moorage::api

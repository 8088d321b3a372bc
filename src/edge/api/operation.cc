#include "edge/api/operation.h"

#include <algorithm>
#include <cstdlib>

namespace moorage::api {

std::string_view PathParameters::Get(std::string_view name) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (entries[i].name == name) return entries[i].value;
  }
  return {};
}

const Operation& FindOperation(std::span<const Operation> operations, std::string_view name) {
  const auto found =
      std::find_if(operations.begin(), operations.end(),
                   [name](const Operation& operation) { return operation.name == name; });
  if (found == operations.end()) std::abort();
  return *found;
}

}  // namespace moorage::api

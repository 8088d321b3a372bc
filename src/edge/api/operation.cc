#include "edge/api/operation.h"

namespace moorage::api {

std::string_view PathParameters::Get(std::string_view name) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (entries[i].name == name) return entries[i].value;
  }
  return {};
}

}  // namespace moorage::api

#include "edge/api/protocols/model_door.h"

namespace moorage::api {

ModelDoor::ModelDoor(serving::InferenceLane& lane, const serving::ModelManager& manager,
                     const base::Clock& clock)
    : lane_(lane), manager_(manager), clock_(clock), table_(manager.table()) {}

void ModelDoor::Refresh() { table_ = manager_.table(); }

base::Result<const serving::ServableHandle*> ModelDoor::Resolve(std::string_view ref) {
  if (ref.empty()) return table().Default();
  const std::size_t at = ref.find('@');
  if (at == std::string_view::npos) return table().Resolve(ref, {});
  return table().Resolve(ref.substr(0, at), ref.substr(at + 1));
}

}  // namespace moorage::api

#include "domain/serving/models/routing_view.h"

namespace moorage::models {

base::Result<const servable::ServableHandle*> RoutingView::Resolve(std::string_view ref) const {
  if (ref.empty()) return table().Default();
  const std::size_t at = ref.find('@');
  if (at == std::string_view::npos) return table().Resolve(ref, {});
  return table().Resolve(ref.substr(0, at), ref.substr(at + 1));
}

}  // namespace moorage::models

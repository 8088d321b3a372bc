#include "edge/inference/reactor_share.h"

#include <algorithm>

namespace moorage::inference {

namespace {

// What is written of a row beside its outputs, such as the names of members.
constexpr std::size_t kRowItself = 4;

// Elements of one row of the outputs, or more than kMostWritten.
std::size_t ElementsOfRow(const model::Signature& signature) {
  std::size_t elements = kRowItself;
  for (const model::TensorSpec& output : signature.outputs) {
    std::size_t own = 1;
    for (std::size_t i = 1; i < output.shape.size() && own <= kMostWritten; ++i) {
      if (output.shape[i] > 0) own *= static_cast<std::size_t>(output.shape[i]);
    }
    elements += own;
    if (elements > kMostWritten) break;
  }
  return elements;
}

}  // namespace

bool FitsReactor(std::string_view body, const servable::Servable& servable) {
  if (body.size() > kMostText) return false;
  const std::size_t of_row = ElementsOfRow(servable.manifest.signature);
  const std::size_t features =
      servable.layout.ok() ? std::max<std::size_t>(servable.layout->features(), 1) : 1;
  // A feature takes two bytes at least, which settles most requests without a look at the text.
  if ((body.size() / (2 * features) + 1) * of_row <= kMostWritten) return true;
  const auto commas = static_cast<std::size_t>(std::ranges::count(body, ','));
  return (commas / features + 1) * of_row <= kMostWritten;
}

}  // namespace moorage::inference

#include "control/push/reference_rows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "foundation/rows/row_layout.h"

namespace moorage::control {
namespace {

using json::Json;

Json ValueAt(const model::TensorView& tensor, std::size_t index) {
  if (tensor.type == model::DataType::kBytes) return tensor.strings[index];
  const double number = model::NumberAt(tensor, index);
  if (tensor.type == model::DataType::kBool) return number != 0;
  // A missing value.
  if (std::isnan(number)) return nullptr;
  if (model::IsInteger(tensor.type) && std::abs(number) < 0x1p53) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

}  // namespace

std::vector<Json> SampleRows(const evaluation::Dataset& data, const model::Manifest& manifest,
                             std::size_t most) {
  std::vector<Json> sample;
  const auto layout = rows::RowLayout::Make(manifest);
  if (!layout.ok() || !layout->nested_shape().empty()) return sample;
  const std::size_t count = std::min(most, data.size());
  for (std::size_t i = 0; i < count; ++i) {
    const evaluation::RowBatch row = data.rows().Batch(i * data.size() / count, 1);
    Json features = Json::array();
    for (std::size_t input = 0; input < layout->inputs(); ++input) {
      // A model of a fixed batch has its row repeated, so the elements of the first one are taken.
      for (std::size_t e = 0; e < layout->row_elements(input); ++e) {
        features.push_back(ValueAt(row.inputs()[input], e));
      }
    }
    sample.push_back(std::move(features));
  }
  return sample;
}

}  // namespace moorage::control

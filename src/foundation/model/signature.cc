#include "foundation/model/signature.h"

#include <algorithm>

namespace moorage::model {

namespace {

std::optional<std::size_t> FindByName(const std::vector<TensorSpec>& specs, std::string_view name) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].name == name) return i;
  }
  return std::nullopt;
}

bool HasVariableRows(const TensorSpec& spec) {
  if (spec.kind == ValueKind::kMapSequence) return true;  // one map a row
  return spec.has_shape && !spec.shape.empty() && spec.shape.front() < 0;
}

}  // namespace

std::optional<std::size_t> Signature::FindInput(std::string_view name) const {
  return FindByName(inputs, name);
}

std::optional<std::size_t> Signature::FindOutput(std::string_view name) const {
  return FindByName(outputs, name);
}

bool Signature::batchable() const {
  return std::all_of(
             inputs.begin(), inputs.end(),
             [](const TensorSpec& spec) { return spec.optional || HasVariableRows(spec); }) &&
         std::all_of(outputs.begin(), outputs.end(), HasVariableRows);
}

}  // namespace moorage::model

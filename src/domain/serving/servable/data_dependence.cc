#include "domain/serving/servable/data_dependence.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace moorage::servable {
namespace {

// Operators that repeat a graph, or whose output is as large as their values say.
constexpr std::array<std::string_view, 18> kValueDependent = {"Compress",
                                                              "ConstantOfShape",
                                                              "Expand",
                                                              "If",
                                                              "Loop",
                                                              "NonMaxSuppression",
                                                              "NonZero",
                                                              "OneHot",
                                                              "Range",
                                                              "Resize",
                                                              "Scan",
                                                              "SequenceMap",
                                                              "SplitToSequence",
                                                              "StringSplit",
                                                              "TfIdfVectorizer",
                                                              "Tile",
                                                              "Unique",
                                                              "Upsample"};

}  // namespace

std::vector<std::string> ListDataDependence(const runtime::GraphInfo& graph,
                                            const model::Signature& signature) {
  std::vector<std::string> reasons;
  for (const std::string& name : graph.operators) {
    if (std::ranges::find(kValueDependent, name) != kValueDependent.end()) {
      reasons.push_back("the graph has " + name);
    }
  }
  for (const model::TensorSpec& input : signature.inputs) {
    for (std::size_t i = 1; i < input.shape.size(); ++i) {
      if (input.shape[i] >= 0) continue;
      reasons.push_back("input '" + input.name + "' has a free inner dimension");
      break;
    }
  }
  return reasons;
}

}  // namespace moorage::servable

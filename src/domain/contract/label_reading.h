#pragma once

// Finds out what the classes of a model are called. Pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/contract/graph_facts.h"
#include "domain/contract/metadata.h"
#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/signature.h"

namespace moorage::contract {

// The labels in the order of the scores, and a sentence that explains them. The sentence is empty
// where the user stated them.
struct LabelReading {
  model::Labels labels;
  std::string note;
};

// Reads the labels of a classification whose output roles are known. Pure.
//
// The graph is believed first: the origin of the label output, then that of the scores. What the
// user states must agree with it, so `told.labels` has the same labels in the same order, or names
// for the positions 0 to C-1. Where the graph shows nothing and there is no label output, the
// labels are the positions of the columns. Everything else is asked for with kListLabels.
base::Result<LabelReading> ReadLabels(const model::Manifest& manifest, const Metadata& told,
                                      const GraphFacts& graph);

// The label outputs that exporters write, by their names.
bool IsLabelName(std::string_view name);

// The output that skl2onnx makes for one class (`zipmap: columns`) is called "i1" for the label 1
// and "sno" for the label "no".
bool IsColumnOf(std::string_view output, const model::Labels& labels, std::size_t index);
// True for a name that such an output of any label may have.
bool MayBeClassColumn(std::string_view output);

// "1, 2, 3" of at most 8 labels.
std::string ListLabels(const model::Labels& labels);

}  // namespace moorage::contract

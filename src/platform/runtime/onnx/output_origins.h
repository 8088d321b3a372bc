#pragma once

// Follows the outputs of a graph back to the nodes that decide what they mean. Pure.

#include <map>
#include <string>
#include <string_view>

#include "foundation/model/output_origin.h"

namespace moorage::runtime {

// What the graph shows of its outputs, by name. Outputs of which it shows nothing are left out.
//
// The labels of an output come from the node that makes it, never from a classifier further inside:
// - ZipMap, and the own outputs of LinearClassifier, SVMClassifier and TreeEnsembleClassifier;
// - the constant that ArrayFeatureExtractor or Gather picks from by an ArgMax or TopK;
// - LabelEncoder, where the labels that it maps are known. Cast changes labels as the runtime does.
//
// The first 4,096 outputs are followed, each over at most 64 nodes. ReadOnnxOutline() must have
// accepted the bytes.
std::map<std::string, model::OutputOrigin> TraceOutputs(std::string_view model);

}  // namespace moorage::runtime

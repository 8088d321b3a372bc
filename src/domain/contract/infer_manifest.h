#pragma once

// Builds the manifest of a graph. Pure functions.

#include <string>
#include <vector>

#include "domain/contract/graph_facts.h"
#include "domain/contract/metadata.h"
#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/signature.h"

namespace moorage::contract {

// A manifest, and one sentence for each part that was inferred because the user did not state it
// ("task: classification, because the graph has an integer output 'label'").
struct Inferred {
  model::Manifest manifest;
  std::vector<std::string> notes;
};

// Builds the manifest of a graph. Pure. Metadata in the graph itself counts less than `metadata`.
//
// Refuses to guess. Where two readings are possible the error names the metadata key that decides.
// Where an option of `push` decides as well, the error carries a Remedy.
base::Result<Inferred> InferManifest(const model::Signature& signature, const Metadata& metadata,
                                     const GraphFacts& graph);

}  // namespace moorage::contract

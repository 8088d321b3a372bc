#pragma once

// What a user has told about the meaning of a graph, taken over from version to version. Plain
// values and pure functions.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/contract/metadata.h"
#include "foundation/model/manifest.h"

namespace moorage::contract {

// The members of metadata that say what a graph means: task, labels, features, output_roles,
// sigmoid_threshold, allow_missing, batchable. Figures, texts and golden requests are of one
// version. The document reads back with MetadataFromJson. It is an empty object if nothing was
// told.
json::Json SettingsToJson(const Metadata& metadata);

struct Inherited {
  Metadata told;                   // with what was taken over
  std::vector<std::string> notes;  // one sentence for each setting that was taken over or dropped
};

// Takes over every setting of `before` that `told` does not have and that still fits. `fits` is
// asked with the merged metadata. The largest set of settings that fits is taken, and an earlier
// member of the list above is kept before a later one. `version` is where they come from, for the
// notes.
Inherited Inherit(const Metadata& told, const Metadata& before, std::string_view version,
                  const std::function<bool(const Metadata&)>& fits);

}  // namespace moorage::contract

#pragma once

// The grammar of the fields that manifests and metadata share. Pure functions.

#include <map>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json_reader.h"
#include "foundation/model/manifest.h"

namespace moorage::model {

// The fields that a manifest and a metadata file share, read by one grammar (docs/formats). Errors
// name the path.
base::Result<Task> ReadTask(const json::JsonReader& reader);
// All integers or all strings, no label twice. The empty list is the list of no integers.
base::Result<Labels> ReadLabels(const json::JsonReader& reader);
// No name empty or twice.
base::Result<std::vector<std::string>> ReadFeatureNames(const json::JsonReader& reader);
base::Result<std::map<std::string, OutputRole>> ReadOutputRoles(const json::JsonReader& reader);
base::Result<double> ReadThreshold(const json::JsonReader& reader);  // in (0, 1)
base::Result<std::map<std::string, double>> ReadMetrics(const json::JsonReader& reader);
base::Result<std::map<std::string, std::string>> ReadTags(const json::JsonReader& reader);
base::Result<std::vector<GoldenRequest>> ReadGolden(const json::JsonReader& reader);

}  // namespace moorage::model

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"

// The words of `push` as members of a metadata document (docs/formats/metadata.md).
namespace moorage::cli {

// Splits "accuracy=0.98" at the first '='. The error names `option`.
struct Pair {
  std::string key;
  std::string value;
};
base::Result<Pair> ParsePair(std::string_view option, std::string_view text);

// Reads "0,1,2". The labels are integers if all of them are, else strings. Blanks around an item
// are not part of it.
json::Json LabelList(std::string_view text);

// Splits "a,b,c", or the lines of a file. Empty names are left out.
std::vector<std::string> SplitNames(std::string_view text, char separator);

}  // namespace moorage::cli

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"

// The words of `push` as members of a metadata document (docs/formats/metadata.md).
namespace moorage::cli {

// "accuracy=0.98" split at the first '='; `option` is what the error calls it.
struct Pair {
  std::string key;
  std::string value;
};
base::Result<Pair> ParsePair(std::string_view option, std::string_view text);

// "0,1,2": integers if all are, else strings. Blanks around an item are not part of it.
json::Json LabelList(std::string_view text);

// "a,b,c", or the lines of a file where `text` is what an @file holds; no empty names.
std::vector<std::string> SplitNames(std::string_view text, char separator);

}  // namespace moorage::cli

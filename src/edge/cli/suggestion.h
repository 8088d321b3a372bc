#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moorage::cli {

// The known word that is fewest edits away (insertions, deletions, replacements, swaps of
// neighbours), if that is few enough for a slip of the fingers: a third of the word at most. Empty
// if there is none.
std::string NearestWord(std::string_view word, const std::vector<std::string>& known);

}  // namespace moorage::cli

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moorage::cli {

// The known word that is fewest edits away. An edit inserts, deletes or replaces a character, or
// swaps two neighbours. Empty if every known word is further away than a third of the word.
std::string NearestWord(std::string_view word, const std::vector<std::string>& known);

}  // namespace moorage::cli

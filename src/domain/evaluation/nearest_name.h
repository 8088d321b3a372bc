#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace moorage::evaluation {

// The name that somebody who wrote `name` most likely meant: the one with the fewest letters
// inserted, removed or changed, at most a third of the longer name; case and blanks at the ends
// count for little.
std::optional<std::string> NearestName(std::string_view name, std::span<const std::string> names);

// "; did you mean 'recall_macro'?", or nothing.
std::string DidYouMean(std::string_view name, std::span<const std::string> names);

}  // namespace moorage::evaluation

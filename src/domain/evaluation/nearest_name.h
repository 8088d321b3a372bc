#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace moorage::evaluation {

// The name that was most likely meant by `name`. It has the fewest letters inserted, removed or
// changed, at most a third of the longer name. Case and blanks at the ends count for little.
std::optional<std::string> NearestName(std::string_view name, std::span<const std::string> names);

// "; did you mean 'recall_macro'?", or nothing.
std::string DidYouMean(std::string_view name, std::span<const std::string> names);

}  // namespace moorage::evaluation

#include "domain/evaluation/nearest_name.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "foundation/base/edit_distance.h"

namespace moorage::evaluation {
namespace {

// The time of the edit distance grows with the product of the lengths, and the name comes from a
// request.
constexpr std::size_t kLongestCompared = 128;

std::string Folded(std::string_view name) {
  const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!name.empty() && blank(name.front())) name.remove_prefix(1);
  while (!name.empty() && blank(name.back())) name.remove_suffix(1);
  std::string folded(name.substr(0, kLongestCompared));
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return folded;
}

}  // namespace

// Linear search for the least Levenshtein distance.
std::optional<std::string> NearestName(std::string_view name, std::span<const std::string> names) {
  const std::string wanted = Folded(name);
  std::optional<std::string> nearest;
  std::size_t least = 0;
  for (const std::string& candidate : names) {
    const std::string folded = Folded(candidate);
    const std::size_t distance = base::EditDistance(wanted, folded);
    if (distance > std::max(wanted.size(), folded.size()) / 3) continue;
    if (!nearest || distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

std::string DidYouMean(std::string_view name, std::span<const std::string> names) {
  const auto nearest = NearestName(name, names);
  return nearest ? "; did you mean '" + *nearest + "'?" : "";
}

}  // namespace moorage::evaluation

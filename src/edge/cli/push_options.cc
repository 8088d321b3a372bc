#include "edge/cli/push_options.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "foundation/base/parse_number.h"

namespace moorage::cli {

namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

}  // namespace

base::Result<Pair> ParsePair(std::string_view option, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) {
    return base::Error{base::Code::kInvalid,
                       std::string(option) + " '" + std::string(text) + "': expected key=value"};
  }
  return Pair{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

json::Json LabelList(std::string_view text) {
  const std::vector<std::string> names = SplitNames(text, ',');
  const bool integers = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return base::ParseNumber<std::int64_t>(name).has_value();
  });
  json::Json list = json::Json::array();
  for (const std::string& name : names) {
    list.push_back(integers ? json::Json(*base::ParseNumber<std::int64_t>(name))
                            : json::Json(name));
  }
  return list;
}

std::vector<std::string> SplitNames(std::string_view text, char separator) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view name = Trimmed(text.substr(0, end));
    if (!name.empty()) names.emplace_back(name);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

}  // namespace moorage::cli

#include "platform/config/key_values.h"

#include <algorithm>
#include <utility>

#include "foundation/base/units.h"

namespace moorage::config {

using json::Json;

bool IsWord(const Json& value, std::string_view word) {
  return value.is_string() && value.get_ref<const std::string&>() == word;
}

bool SetEndpoint(Endpoint& field, const Json& value) {
  if (!value.is_string()) return false;
  auto endpoint = ParseEndpoint(value.get_ref<const std::string&>());
  if (!endpoint) return false;
  field = *std::move(endpoint);
  return true;
}

bool SetCount(std::uint32_t& field, const Json& value, std::int64_t min, std::int64_t max) {
  if (!value.is_number_integer()) return false;
  // Read as int64, a number from 2^63 on would become negative.
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return false;
  const auto count = value.get<std::int64_t>();
  if (count < min || count > max) return false;
  field = static_cast<std::uint32_t>(count);
  return true;
}

bool SetBytes(std::uint64_t& field, const Json& value, std::uint64_t min, std::uint64_t max) {
  std::uint64_t bytes = 0;
  if (value.is_string()) {
    const auto parsed = base::ParseBytes(value.get_ref<const std::string&>());
    if (!parsed.ok()) return false;
    bytes = *parsed;
  } else if (value.is_number_integer() &&
             (value.is_number_unsigned() || value.get<std::int64_t>() >= 0)) {
    bytes = value.get<std::uint64_t>();
  } else {
    return false;
  }
  if (bytes < min || bytes > max) return false;
  field = bytes;
  return true;
}

bool SetDuration(base::Duration& field, const Json& value, base::Duration min, base::Duration max) {
  if (!value.is_string()) return false;
  const auto parsed = base::ParseDuration(value.get_ref<const std::string&>());
  if (!parsed.ok() || *parsed < min || *parsed > max) return false;
  field = *parsed;
  return true;
}

namespace {

// A shell replaces a '~' at the beginning, and this program does not. Taken as it stands, it would
// make a directory of that name. "./~" names one.
bool IsPath(std::string_view path) {
  return !path.starts_with('~') && path.find('\0') == std::string_view::npos;
}

}  // namespace

bool SetLocation(std::string& field, const Json& value, std::string_view scheme) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  if (!text.starts_with(scheme) || text.size() == scheme.size()) return false;
  const std::string_view path = std::string_view(text).substr(scheme.size());
  // Two slashes begin an authority, which neither scheme has.
  if (path.starts_with("//") || !IsPath(path)) return false;
  field = text;
  return true;
}

bool SetBytesOrAuto(std::uint64_t& field, const Json& value, std::uint64_t min, std::uint64_t max) {
  if (!IsWord(value, "auto")) return SetBytes(field, value, min, max);
  field = 0;
  return true;
}

bool SetOrigins(std::vector<std::string>& field, const Json& value) {
  if (!value.is_array() || value.size() > 64) return false;
  std::vector<std::string> origins;
  for (const Json& item : value) {
    if (!item.is_string()) return false;
    const auto& text = item.get_ref<const std::string&>();
    // An origin has a scheme and a host, and neither a path nor a slash at its end.
    const std::size_t scheme = text.find("://");
    const bool is_origin = scheme != std::string::npos && scheme > 0 && scheme + 3 < text.size() &&
                           text.find_first_of("/ \t\r\n*?#@", scheme + 3) == std::string::npos;
    if (text != "*" && !is_origin) return false;
    origins.push_back(text);
  }
  field = std::move(origins);
  return true;
}

bool SetAliases(std::vector<model::Alias>& field, const Json& value) {
  if (!value.is_array() || value.empty() || value.size() > 64) return false;
  std::vector<model::Alias> aliases;
  for (const Json& item : value) {
    if (!item.is_string()) return false;
    auto alias = model::ParseAlias(item.get_ref<const std::string&>());
    if (!alias.ok()) return false;
    if (std::find(aliases.begin(), aliases.end(), *alias) != aliases.end()) return false;
    aliases.push_back(*std::move(alias));
  }
  field = std::move(aliases);
  return true;
}

bool SetDefaultModel(std::optional<model::ModelRef>& field, const Json& value) {
  if (value.is_null() || IsWord(value, "")) {
    field.reset();
    return true;
  }
  if (!value.is_string()) return false;
  auto ref = model::ParseModelRef(value.get_ref<const std::string&>());
  if (!ref.ok()) return false;
  field = *std::move(ref);
  return true;
}

bool SetConsole(std::string& field, const Json& value) {
  if (!IsWord(value, "text") && !IsWord(value, "json") && !IsWord(value, "none")) return false;
  field = value.get<std::string>();
  return true;
}

bool SetPath(std::string& field, const Json& value) {
  if (value.is_null()) {
    field.clear();
    return true;
  }
  if (!value.is_string()) return false;
  if (!IsPath(value.get_ref<const std::string&>())) return false;
  field = value.get<std::string>();
  return true;
}

bool SetShare(double& field, const Json& value) {
  if (!value.is_number()) return false;
  const auto share = value.get<double>();
  // Also false for NaN.
  if (!(share >= 0 && share <= 1)) return false;
  field = share;
  return true;
}

}  // namespace moorage::config

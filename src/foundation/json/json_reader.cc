#include "foundation/json/json_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace moorage::json {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

Error JsonReader::Problem(std::string_view problem) const {
  const std::string path = path_.empty() ? "document" : path_;
  return Error{.code = Code::kInvalid,
               .message = path + ": " + std::string(problem),
               .details = {{.path = path_, .problem = std::string(problem)}}};
}

std::string JsonReader::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

Result<std::string> JsonReader::String() const {
  if (const auto* text = value_->get_ptr<const Json::string_t*>()) return *text;
  return Problem("must be a string");
}

Result<bool> JsonReader::Bool() const {
  if (const auto* truth = value_->get_ptr<const Json::boolean_t*>()) return *truth;
  return Problem("must be true or false");
}

Result<double> JsonReader::Number() const {
  if (!value_->is_number()) return Problem("must be a number");
  return value_->get<double>();
}

Result<std::int64_t> JsonReader::Integer(std::int64_t min, std::int64_t max) const {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value_->is_number_integer()) return Problem("must be a whole number");
  // Read as int64, a number from 2^63 on would become negative and might pass the bounds.
  const bool fits = !value_->is_number_unsigned() || value_->get<std::uint64_t>() <= kMax;
  const std::int64_t integer = fits ? value_->get<std::int64_t>() : 0;
  if (fits && integer >= min && integer <= max) return integer;
  return Problem("must be from " + std::to_string(min) + " to " + std::to_string(max));
}

Result<JsonReader> JsonReader::Member(std::string_view key) const {
  if (!value_->is_object()) return Problem("must be an object");
  if (auto found = Find(key)) return *std::move(found);
  return JsonReader(*value_, PathOf(key)).Problem("missing");
}

std::optional<JsonReader> JsonReader::Find(std::string_view key) const {
  const auto* members = value_->get_ptr<const Json::object_t*>();
  if (members == nullptr) return std::nullopt;
  // A linear search, because the document keeps the order of its members and has few of them.
  for (const auto& [name, member] : *members) {
    if (name == key) return JsonReader(member, PathOf(key));
  }
  return std::nullopt;
}

Status JsonReader::OnlyMembers(std::initializer_list<std::string_view> keys) const {
  const auto* members = value_->get_ptr<const Json::object_t*>();
  if (members == nullptr) return Problem("must be an object");
  for (const auto& [name, member] : *members) {
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    std::string known;
    for (const std::string_view key : keys) {
      known.append(known.empty() ? "" : ", ").append(key);
    }
    return JsonReader(member, PathOf(name)).Problem("unknown key; known are: " + known);
  }
  return {};
}

Result<std::vector<JsonReader>> JsonReader::Items() const {
  const auto* array = value_->get_ptr<const Json::array_t*>();
  if (array == nullptr) return Problem("must be an array");
  std::vector<JsonReader> items;
  items.reserve(array->size());
  for (const Json& item : *array) {
    items.emplace_back(item, path_ + "[" + std::to_string(items.size()) + "]");
  }
  return items;
}

Result<std::vector<JsonReader::NamedMember>> JsonReader::Members() const {
  const auto* object = value_->get_ptr<const Json::object_t*>();
  if (object == nullptr) return Problem("must be an object");
  std::vector<NamedMember> members;
  members.reserve(object->size());
  for (const auto& [name, member] : *object) {
    members.push_back({name, JsonReader(member, PathOf(name))});
  }
  return members;
}

}  // namespace moorage::json

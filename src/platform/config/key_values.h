#pragma once

// Readers of one value each, for the tables of keys. Each returns false, and leaves the field as it
// was, if the value is not of its kind or is out of its bounds. Bounds are inclusive.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/json/json.h"
#include "foundation/model/model_ref.h"
#include "platform/config/endpoint.h"

namespace moorage::config {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;
inline constexpr base::Duration kMillisecond = std::chrono::milliseconds(1);
inline constexpr base::Duration kHour = std::chrono::hours(1);

bool IsWord(const json::Json& value, std::string_view word);

bool SetEndpoint(Endpoint& field, const json::Json& value);
bool SetCount(std::uint32_t& field, const json::Json& value, std::int64_t min, std::int64_t max);
// A number of bytes, or a text such as "64MiB".
bool SetBytes(std::uint64_t& field, const json::Json& value, std::uint64_t min, std::uint64_t max);
// The same, or "auto", which is 0.
bool SetBytesOrAuto(std::uint64_t& field, const json::Json& value, std::uint64_t min,
                    std::uint64_t max);
// A list of origins of web pages ("https://app.example"), or "*" in it. Empty means that there is
// none.
bool SetOrigins(std::vector<std::string>& field, const json::Json& value);
// A text such as "10s".
bool SetDuration(base::Duration& field, const json::Json& value, base::Duration min,
                 base::Duration max);
// A path that is not empty, behind the supported scheme ("sqlite:PATH", "file:PATH").
bool SetLocation(std::string& field, const json::Json& value, std::string_view scheme);
bool SetAliases(std::vector<model::Alias>& field, const json::Json& value);
// Null and the empty text mean that there is none.
bool SetDefaultModel(std::optional<model::ModelRef>& field, const json::Json& value);
bool SetConsole(std::string& field, const json::Json& value);
// Null means that there is none.
bool SetPath(std::string& field, const json::Json& value);
// A number from 0 to 1.
bool SetShare(double& field, const json::Json& value);

// The words of an enumeration and what each means.
template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

template <typename T, std::size_t N>
bool SetWord(T& field, const json::Json& value, const Words<T, N>& words) {
  for (const auto& [word, meaning] : words) {
    if (IsWord(value, word)) {
      field = meaning;
      return true;
    }
  }
  return false;
}

template <typename T, std::size_t N>
json::Json GetWord(T field, const Words<T, N>& words) {
  for (const auto& [word, meaning] : words) {
    if (meaning == field) return word;
  }
  return nullptr;
}

}  // namespace moorage::config

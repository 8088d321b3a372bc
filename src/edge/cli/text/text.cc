#include "edge/cli/text/text.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "foundation/base/units.h"

namespace moorage::cli_text {

namespace {

using json::Json;

std::string Plain(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return Harmless(value.get<std::string>());
  if (value.is_number_float()) return NumberText(value);
  return json::ToText(value);
}

}  // namespace

std::string Harmless(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string harmless;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const bool blank = byte == '\n' || byte == '\t';
    const bool c1 = byte == 0xC2 && next >= 0x80 && next < 0xA0;  // U+0080 to U+009F
    if ((byte < 0x20 && !blank) || byte == 0x7F || c1) {
      harmless += kReplacement;
      if (c1) ++i;
    } else {
      harmless += text[i];
    }
  }
  return harmless;
}

std::string TextOf(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  return found == object.end() ? "-" : Plain(*found);
}

std::string NumberText(const Json& number, int digits) {
  if (!number.is_number()) return Plain(number);
  if (number.is_number_integer()) return json::ToText(number);
  return fmt::format("{:.{}g}", number.get<double>(), digits);
}

std::string Counted(const Json& number, std::string_view noun) {
  return NumberText(number).append(" ").append(noun).append(number == 1 ? "" : "s");
}

std::string Join(const Json& list, std::string_view key) {
  std::string text;
  for (const Json& entry : list) {
    if (!text.empty()) text += ", ";
    text += key.empty() ? Plain(entry) : TextOf(entry, key);
  }
  return text.empty() ? "-" : text;
}

std::string Age(std::string_view iso, base::Time now) {
  const auto time = base::ParseTime(iso);
  if (!time.ok()) return std::string(iso);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *time).count();
  // The clock of a server may be ahead of this one, so its times may be in the future.
  if (seconds < 5) return "just now";
  struct Unit {
    long long size;
    const char* one;
    const char* many;
  };
  constexpr std::array<Unit, 4> kUnits = {
      {{86400, "day", "days"}, {3600, "hour", "hours"}, {60, "min", "min"}, {1, "s", "s"}}};
  for (const Unit& unit : kUnits) {
    const long long count = seconds / unit.size;
    if (count > 0) return fmt::format("{} {} ago", count, count == 1 ? unit.one : unit.many);
  }
  return "just now";
}

std::string ShortDigest(std::string_view digest) {
  constexpr std::size_t kShown = 19;  // "sha256:" and twelve digits
  return digest.size() <= kShown ? std::string(digest)
                                 : std::string(digest.substr(0, kShown)) + "…";
}

}  // namespace moorage::cli_text

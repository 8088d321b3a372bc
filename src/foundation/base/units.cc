#include "foundation/base/units.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <limits>
#include <optional>

#include "foundation/base/ascii.h"

namespace moorage::base {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t size;
};

constexpr std::uint64_t kKi = 1024;
// Binary units come first, because the first of two equally short forms is used.
constexpr std::array<Unit, 9> kByteUnits = {{{"TiB", kKi* kKi* kKi* kKi},
                                             {"GiB", kKi* kKi* kKi},
                                             {"MiB", kKi* kKi},
                                             {"KiB", kKi},
                                             {"TB", 1'000'000'000'000},
                                             {"GB", 1'000'000'000},
                                             {"MB", 1'000'000},
                                             {"kB", 1'000},
                                             {"B", 1}}};

// In nanoseconds, largest first.
constexpr std::array<Unit, 7> kDurationUnits = {{{"d", 86'400'000'000'000},
                                                 {"h", 3'600'000'000'000},
                                                 {"m", 60'000'000'000},
                                                 {"s", 1'000'000'000},
                                                 {"ms", 1'000'000},
                                                 {"us", 1'000},
                                                 {"ns", 1}}};

// Returns the number that `digits` spells. Nothing if it is empty, has another character, or is
// over 2^64-1. Each step is checked, because unsigned arithmetic wraps.
std::optional<std::uint64_t> ParseWhole(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!IsDigit(c)) return std::nullopt;
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)) return std::nullopt;
    if (__builtin_add_overflow(value, static_cast<std::uint64_t>(c - '0'), &value)) {
      return std::nullopt;
    }
  }
  return value;
}

std::string_view LeadingDigits(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return text.substr(0, end);
}

// Reads the parts of a civil time from left to right.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  // Consumes `c` if it is next.
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `count` digits with a value in [low, high].
  std::optional<int> Number(std::size_t count, int low, int high) {
    if (LeadingDigits(rest_).size() < count) return std::nullopt;
    const int value = static_cast<int>(*ParseWhole(rest_.substr(0, count)));
    if (value < low || value > high) return std::nullopt;
    rest_.remove_prefix(count);
    return value;
  }

  // One to six digits after a decimal point, in microseconds.
  std::optional<int> Fraction() {
    const std::string_view digits = LeadingDigits(rest_);
    // A seventh digit would be lost without notice, because `Time` counts microseconds.
    if (digits.empty() || digits.size() > 6) return std::nullopt;
    int value = static_cast<int>(*ParseWhole(digits));
    for (std::size_t i = digits.size(); i < 6; ++i) value *= 10;
    rest_.remove_prefix(digits.size());
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> ReadDate(TimeReader& reader) {
  const auto year = reader.Number(4, 0, 9999);
  if (!year || !reader.Take('-')) return std::nullopt;
  const auto month = reader.Number(2, 1, 12);
  if (!month || !reader.Take('-')) return std::nullopt;
  const auto day = reader.Number(2, 1, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // The ranges above let 31 April pass, and 29 February of any year.
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<std::chrono::microseconds> ReadTimeOfDay(TimeReader& reader) {
  const auto hour = reader.Number(2, 0, 23);
  if (!hour || !reader.Take(':')) return std::nullopt;
  const auto minute = reader.Number(2, 0, 59);
  if (!minute || !reader.Take(':')) return std::nullopt;
  // Refuses the leap second 60 of ISO 8601, because the clock of the system has none.
  const auto second = reader.Number(2, 0, 59);
  if (!second) return std::nullopt;
  std::chrono::microseconds time =
      std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  if (reader.Take('.')) {
    const auto fraction = reader.Fraction();
    if (!fraction) return std::nullopt;
    time += std::chrono::microseconds(*fraction);
  }
  return time;
}

// 'Z', or "+hh:mm" east of Greenwich.
std::optional<std::chrono::minutes> ReadOffset(TimeReader& reader) {
  if (reader.Take('Z')) return std::chrono::minutes(0);
  const bool east = reader.Take('+');
  if (!east && !reader.Take('-')) return std::nullopt;
  const auto hours = reader.Number(2, 0, 23);
  if (!hours || !reader.Take(':')) return std::nullopt;
  const auto minutes = reader.Number(2, 0, 59);
  if (!minutes) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return east ? offset : -offset;
}

std::optional<Time> ReadTime(std::string_view text) {
  TimeReader reader(text);
  const auto date = ReadDate(reader);
  if (!date) return std::nullopt;
  // A date alone is its midnight in UTC.
  if (reader.done()) return Time(*date);
  if (!reader.Take('T')) return std::nullopt;
  const auto time = ReadTimeOfDay(reader);
  if (!time) return std::nullopt;
  // Without an offset it is UTC, like a date. The zone of the reader would be a guess.
  const std::optional<std::chrono::minutes> offset =
      reader.done() ? std::chrono::minutes(0) : ReadOffset(reader);
  if (!offset || !reader.done()) return std::nullopt;
  // Clocks east of Greenwich are ahead of UTC, so their offset is taken off.
  return Time(*date) + *time - *offset;
}

}  // namespace

Result<std::uint64_t> ParseBytes(std::string_view text) {
  const std::string_view digits = LeadingDigits(text);
  const std::string_view suffix = text.substr(digits.size());
  const auto count = ParseWhole(digits);
  for (const Unit& unit : kByteUnits) {
    if (suffix != unit.name && !(suffix.empty() && unit.size == 1)) continue;
    std::uint64_t bytes = 0;
    if (digits.empty()) break;
    // The text has digits, so ParseWhole() has refused them for their size alone.
    if (!count || __builtin_mul_overflow(*count, unit.size, &bytes)) {
      return Error{Code::kInvalid, fmt::format("size '{}': too large", text)};
    }
    return bytes;
  }
  return Error{Code::kInvalid,
               fmt::format("size '{}': expected a whole number and one of B, KiB, MiB, GiB, TiB, "
                           "kB, MB, GB, TB, for instance 64MiB",
                           text)};
}

std::string FormatBytes(std::uint64_t bytes) {
  if (bytes == 0) return "0B";
  std::string shortest;
  for (const Unit& unit : kByteUnits) {
    if (bytes % unit.size != 0) continue;
    std::string text = fmt::format("{}{}", bytes / unit.size, unit.name);
    if (shortest.empty() || text.size() < shortest.size()) shortest = std::move(text);
  }
  return shortest;
}

Result<Duration> ParseDuration(std::string_view text) {
  const std::string_view digits = LeadingDigits(text);
  const std::string_view suffix = text.substr(digits.size());
  const auto count = ParseWhole(digits);
  for (const Unit& unit : kDurationUnits) {
    if (suffix != unit.name || digits.empty()) continue;
    std::uint64_t nanoseconds = 0;
    if (!count || __builtin_mul_overflow(*count, unit.size, &nanoseconds) ||
        nanoseconds > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return Error{Code::kInvalid, fmt::format("duration '{}': too long", text)};
    }
    return Duration(static_cast<std::int64_t>(nanoseconds));
  }
  return Error{Code::kInvalid,
               fmt::format("duration '{}': expected a whole number and one of ns, us, ms, s, m, h, "
                           "d, for instance 10s",
                           text)};
}

std::string FormatDuration(Duration duration) {
  const std::int64_t count = duration.count();
  // Every unit divides 0, so the loop below would choose days.
  if (count == 0) return "0s";
  // Negates in unsigned arithmetic, because the least int64 has no positive counterpart.
  const auto raw = static_cast<std::uint64_t>(count);
  const std::uint64_t magnitude = count < 0 ? std::uint64_t{0} - raw : raw;
  for (const Unit& unit : kDurationUnits) {
    if (magnitude % unit.size == 0) {
      return fmt::format("{}{}{}", count < 0 ? "-" : "", magnitude / unit.size, unit.name);
    }
  }
  // Not reached, because 1 ns divides every duration.
  return fmt::format("{}ns", count);
}

std::string FormatTime(Time time) {
  // Rounds down, because a cast would round times before 1970 up.
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto days = std::chrono::floor<std::chrono::days>(milliseconds);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(milliseconds - days);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<Time> ParseTime(std::string_view text) {
  if (const auto time = ReadTime(text)) return *time;
  return Error{Code::kInvalid, fmt::format("time '{}': expected ISO 8601, for instance 2026-01-27 "
                                           "or 2026-01-27T01:08:12.345Z",
                                           text)};
}

}  // namespace moorage::base

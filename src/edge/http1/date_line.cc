#include "edge/http1/date_line.h"

#include <array>
#include <chrono>

namespace moorage::http1 {
namespace {

void AppendTwoDigits(unsigned value, std::string& out) {
  out += static_cast<char>('0' + value / 10 % 10);
  out += static_cast<char>('0' + value % 10);
}

}  // namespace

void DateLine::Refresh(base::Instant now) {
  // The form IMF-fixdate (RFC 9110, 5.6.7). Its names are English whatever the locale.
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const base::Time wall = clock_.Now();
  const auto second = std::chrono::floor<std::chrono::seconds>(wall);
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(second - day);

  line_ = "Date: ";
  line_ += kDays[std::chrono::weekday(day).c_encoding()];
  line_ += ", ";
  AppendTwoDigits(static_cast<unsigned>(date.day()), line_);
  line_ += ' ';
  line_ += kMonths[static_cast<unsigned>(date.month()) - 1];
  line_ += ' ';
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  AppendTwoDigits(year / 100, line_);
  AppendTwoDigits(year % 100, line_);
  line_ += ' ';
  AppendTwoDigits(static_cast<unsigned>(time.hours().count()), line_);
  line_ += ':';
  AppendTwoDigits(static_cast<unsigned>(time.minutes().count()), line_);
  line_ += ':';
  AppendTwoDigits(static_cast<unsigned>(time.seconds().count()), line_);
  line_ += " GMT\r\n";
  // Until the wall clock begins the next second, expressed in the monotonic clock of the ticks.
  fresh_until_ = now + (second + std::chrono::seconds(1) - wall);
}

}  // namespace moorage::http1

#include "foundation/model/semver.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "foundation/base/ascii.h"

namespace moorage::model {

namespace {

using base::Code;
using base::Error;

constexpr bool IsIdentifierChar(char c) {
  return base::IsDigit(c) || base::IsLetter(c) || c == '-';
}

bool IsNumeric(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), base::IsDigit);
}

bool HasLeadingZero(std::string_view number) { return number.size() > 1 && number.front() == '0'; }

// Takes the text up to the next separator and the separator off the front of `rest`.
std::string_view TakeUntil(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

// Compares digit strings without leading zeros, of which the longer one is the larger one.
std::weak_ordering CompareNumbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

// Section 11.4 orders numeric identifiers by value, before alphanumeric ones by ASCII.
std::weak_ordering CompareIdentifiers(std::string_view a, std::string_view b) {
  const bool a_numeric = IsNumeric(a);
  const bool b_numeric = IsNumeric(b);
  if (a_numeric && b_numeric) return CompareNumbers(a, b);
  if (a_numeric != b_numeric) {
    return a_numeric ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  return a.compare(b) <=> 0;
}

std::weak_ordering ComparePrereleases(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();  // a release comes after
  while (!a.empty() && !b.empty()) {
    const auto order = CompareIdentifiers(TakeUntil(a, '.'), TakeUntil(b, '.'));
    if (order != 0) return order;
  }
  return !a.empty() <=> !b.empty();  // all equal, so the longer one comes after
}

// One more than a number of any length.
std::string Increment(std::string_view number) {
  std::string digits(number);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      return digits;
    }
    *digit = '0';
  }
  return digits.insert(0, 1, '1');
}

const char* CheckNumber(std::string_view number) {
  if (number.empty()) return "major, minor and patch must be numbers, as in 1.2.3";
  if (HasLeadingZero(number)) return "a number has a leading zero";
  return nullptr;
}

// Why dot-separated identifiers are not legal, or null.
const char* CheckIdentifiers(std::string_view part, const char* empty, const char* zero) {
  std::size_t from = 0;
  while (true) {
    const std::size_t dot = std::min(part.find('.', from), part.size());
    const std::string_view identifier = part.substr(from, dot - from);
    if (identifier.empty()) return empty;
    if (!std::all_of(identifier.begin(), identifier.end(), IsIdentifierChar)) {
      return "identifiers hold only 0-9 A-Z a-z and -";
    }
    if (zero != nullptr && IsNumeric(identifier) && HasLeadingZero(identifier)) return zero;
    if (dot == part.size()) return nullptr;
    from = dot + 1;
  }
}

Error Refused(std::string_view text, const char* why) {
  constexpr std::size_t kShown = 64;
  std::string shown(text.substr(0, kShown));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  if (text.size() > kShown) shown += "...";
  return Error{Code::kInvalid,
               "version '" + shown + "' is not a semantic version: " + std::string(why)};
}

}  // namespace

// Reads the grammar of semver.org from left to right, without backtracking.
base::Result<SemVer> SemVer::Parse(std::string_view text) {
  if (text.empty()) return Refused(text, "it is empty");
  if (text.size() > kMaxLength) return Refused(text, "it is longer than 255 characters");
  SemVer version;
  std::size_t at = 0;
  const auto skip_digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && base::IsDigit(text[at])) ++at;
    return text.substr(from, at - from);
  };
  for (std::uint16_t* end : {&version.major_end_, &version.minor_end_, &version.patch_end_}) {
    if (end != &version.major_end_) {
      if (at == text.size() || text[at] != '.') {
        return Refused(text, "major, minor and patch must be numbers, as in 1.2.3");
      }
      ++at;
    } else if (text.front() == 'v' || text.front() == 'V') {
      // Tags of git often begin with v, so this mistake has a sentence of its own.
      return Refused(text, "the leading 'v' does not belong to it");
    }
    if (const char* why = CheckNumber(skip_digits()); why != nullptr) return Refused(text, why);
    *end = static_cast<std::uint16_t>(at);
  }
  version.prerelease_end_ = version.patch_end_;
  if (at < text.size() && text[at] == '-') {
    const std::size_t end = std::min(text.find('+', at), text.size());
    const char* why =
        CheckIdentifiers(text.substr(at + 1, end - at - 1), "a pre-release identifier is empty",
                         "a numeric pre-release identifier has a leading zero");
    if (why != nullptr) return Refused(text, why);
    at = end;
    version.prerelease_end_ = static_cast<std::uint16_t>(at);
  }
  if (at < text.size()) {
    if (text[at] != '+') return Refused(text, "only -pre-release or +build may follow the patch");
    // Build metadata may have leading zeros, as in a date or a commit (section 10).
    const char* why = CheckIdentifiers(text.substr(at + 1), "a build identifier is empty", nullptr);
    if (why != nullptr) return Refused(text, why);
  }
  version.text_ = text;
  return version;
}

std::string_view SemVer::prerelease() const {
  return prerelease_end_ == patch_end_ ? std::string_view()
                                       : Slice(patch_end_ + std::size_t{1}, prerelease_end_);
}

std::string_view SemVer::build() const {
  return prerelease_end_ == text_.size() ? std::string_view()
                                         : Slice(prerelease_end_ + std::size_t{1}, text_.size());
}

SemVer SemVer::Of(std::string_view major, std::string_view minor, std::string_view patch) {
  SemVer version;
  version.text_ = std::string(major);
  version.major_end_ = static_cast<std::uint16_t>(version.text_.size());
  version.text_.append(".").append(minor);
  version.minor_end_ = static_cast<std::uint16_t>(version.text_.size());
  version.text_.append(".").append(patch);
  version.patch_end_ = static_cast<std::uint16_t>(version.text_.size());
  version.prerelease_end_ = version.patch_end_;
  return version;
}

// A pre-release of X.0.0 comes before X.0.0 (section 11.3), which is therefore its next major
// version. The same holds for minor and patch.
SemVer SemVer::NextMajor() const {
  if (is_prerelease() && minor() == "0" && patch() == "0") return Of(major(), "0", "0");
  return Of(Increment(major()), "0", "0");
}

SemVer SemVer::NextMinor() const {
  if (is_prerelease() && patch() == "0") return Of(major(), minor(), "0");
  return Of(major(), Increment(minor()), "0");
}

SemVer SemVer::NextPatch() const {
  if (is_prerelease()) return Of(major(), minor(), patch());
  return Of(major(), minor(), Increment(patch()));
}

std::weak_ordering operator<=>(const SemVer& a, const SemVer& b) {
  if (const auto order = CompareNumbers(a.major(), b.major()); order != 0) return order;
  if (const auto order = CompareNumbers(a.minor(), b.minor()); order != 0) return order;
  if (const auto order = CompareNumbers(a.patch(), b.patch()); order != 0) return order;
  return ComparePrereleases(a.prerelease(), b.prerelease());
}

}  // namespace moorage::model

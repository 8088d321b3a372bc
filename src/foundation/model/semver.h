#pragma once

// Versions by Semantic Versioning 2.0.0. Immutable values.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::model {

// A version by Semantic Versioning 2.0.0 (semver.org), kept as the text it was parsed from, because
// released text never changes. Numbers have no upper bound, because they are compared as digit
// strings.
class SemVer {
 public:
  static constexpr std::size_t kMaxLength = 255;

  // Reads exactly the grammar of the specification, in which "v1.2.3" is no version.
  static base::Result<SemVer> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  std::string_view major() const { return Slice(0, major_end_); }
  std::string_view minor() const { return Slice(major_end_ + 1U, minor_end_); }
  std::string_view patch() const { return Slice(minor_end_ + 1U, patch_end_); }
  std::string_view prerelease() const;  // without '-', empty for a release
  std::string_view build() const;       // without '+', empty if there is none
  bool is_prerelease() const { return !prerelease().empty(); }

  // The least release X.0.0, X.Y.0 or X.Y.Z that comes after this version. For 1.2.3 they are
  // 2.0.0, 1.3.0 and 1.2.4. For the pre-release 2.0.0-rc.1 all three are 2.0.0. Build metadata is
  // dropped.
  SemVer NextMajor() const;
  SemVer NextMinor() const;
  SemVer NextPatch() const;

  // Compares by precedence (section 11), which ignores build metadata. Two versions may therefore
  // be equivalent without being equal.
  friend std::weak_ordering operator<=>(const SemVer& a, const SemVer& b);
  // The same text.
  friend bool operator==(const SemVer& a, const SemVer& b) { return a.text_ == b.text_; }

 private:
  SemVer() = default;
  static SemVer Of(std::string_view major, std::string_view minor, std::string_view patch);
  std::string_view Slice(std::size_t from, std::size_t to) const {
    return std::string_view(text_).substr(from, to - from);
  }

  std::string text_;
  std::uint16_t major_end_ = 0;
  std::uint16_t minor_end_ = 0;
  std::uint16_t patch_end_ = 0;
  std::uint16_t prerelease_end_ = 0;  // == patch_end_ if there is none
};

}  // namespace moorage::model

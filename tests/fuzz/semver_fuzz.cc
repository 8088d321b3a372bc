#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "foundation/model/semver.h"

namespace {

using moorage::model::SemVer;

void Require(bool law) {
  if (!law) std::abort();
}

// What holds for every version that parses.
void CheckOne(const SemVer& version, std::string_view text) {
  Require(version.text() == text && text.size() <= SemVer::kMaxLength);
  std::string joined;
  joined.append(version.major()).append(".").append(version.minor()).append(".");
  joined.append(version.patch());
  if (version.is_prerelease()) joined.append("-").append(version.prerelease());
  if (!version.build().empty()) joined.append("+").append(version.build());
  Require(joined == text);
  for (const SemVer& next : {version.NextPatch(), version.NextMinor(), version.NextMajor()}) {
    Require(version < next && !next.is_prerelease() && next.build().empty());
    const auto again = SemVer::Parse(next.text());
    Require(next.text().size() > SemVer::kMaxLength || (again.ok() && *again == next));
  }
  Require(!(version.NextMinor() < version.NextPatch()));
  Require(!(version.NextMajor() < version.NextMinor()));
}

}  // namespace

// The input is one version, or two with a line feed between them, which must then be ordered.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Require(!SemVer::Parse(std::string(text) + "\n").ok());
  const std::size_t split = text.find('\n');
  const auto first = SemVer::Parse(text.substr(0, split));
  if (!first.ok()) return 0;
  CheckOne(*first, text.substr(0, split));
  if (split == std::string_view::npos) return 0;
  const auto second = SemVer::Parse(text.substr(split + 1));
  if (!second.ok()) return 0;
  CheckOne(*second, text.substr(split + 1));
  Require((*first < *second) == (*second > *first));
  const int ways =
      (*first < *second ? 1 : 0) + (*second < *first ? 1 : 0) + ((*first <=> *second) == 0 ? 1 : 0);
  Require(ways == 1);
  return 0;
}

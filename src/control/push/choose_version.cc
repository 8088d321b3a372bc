#include "control/push/choose_version.h"

#include <algorithm>
#include <utility>

namespace moorage::control {
namespace {

using base::Code;
using base::Error;

// The first changes as a list, and all of them as details of the error.
std::string ListChanges(const std::vector<contract::ContractChange>& changes, Error& error) {
  std::string list;
  constexpr std::size_t kShown = 5;
  for (const contract::ContractChange& change : changes) {
    error.details.push_back({std::string(contract::Name(change.bump)), change.what});
    if (error.details.size() <= kShown) list += (list.empty() ? "" : "; ") + change.what;
  }
  if (changes.size() > kShown) list += "; and " + std::to_string(changes.size() - kShown) + " more";
  return list;
}

Error TooSmall(const std::string& asked, const ChosenVersion& chosen, const model::SemVer& least) {
  Error error{Code::kConflict, ""};
  const std::string list = ListChanges(chosen.changes, error);
  error.message = asked + " promises callers less change since " + chosen.compared_with->text() +
                  " than there is (" + list + "); the least version is " + least.text();
  return error;
}

}  // namespace

const registry::ModelVersion* ComparedWith(const VersionWish& wish,
                                           std::span<const registry::ModelVersion> versions) {
  const auto* exact = std::get_if<model::SemVer>(&wish);
  const registry::ModelVersion* highest = nullptr;
  const registry::ModelVersion* release = nullptr;
  // One pass, because the versions are sorted by precedence. The last one that fits is the highest.
  for (const registry::ModelVersion& version : versions) {
    if (exact != nullptr && !(version.version < *exact)) break;
    highest = &version;
    if (!version.version.is_prerelease()) release = &version;
  }
  // A pre-release promises nothing to callers (Semantic Versioning 2.0.0, item 9), so an exact
  // version is free of it. A step needs a version to start from.
  if (release != nullptr || exact != nullptr) return release;
  return highest;
}

const registry::ModelVersion* FollowedBy(const VersionWish& wish,
                                         std::span<const registry::ModelVersion> versions) {
  const auto* exact = std::get_if<model::SemVer>(&wish);
  if (exact == nullptr || exact->is_prerelease()) return nullptr;
  for (const registry::ModelVersion& version : versions) {
    if (*exact < version.version && !version.version.is_prerelease()) return &version;
  }
  return nullptr;
}

base::Status CheckFollower(const model::SemVer& exact, const model::SemVer& above,
                           const std::vector<contract::ContractChange>& changes) {
  if (contract::Covers(exact, above, contract::LeastBump(changes))) return {};
  Error error{Code::kConflict, ""};
  const std::string list = ListChanges(changes, error);
  error.message = "version " + exact.text() + " would stand below " + above.text() +
                  ", whose number promises callers less change since then than there is (" + list +
                  "); push a version above " + above.text();
  return error;
}

base::Result<ChosenVersion> ChooseVersion(const VersionWish& wish, const model::SemVer* base,
                                          std::vector<contract::ContractChange> changes,
                                          Registered registered) {
  contract::Bump least = contract::LeastBump(changes);
  const auto* exact = std::get_if<model::SemVer>(&wish);
  if (base == nullptr) {
    if (exact != nullptr) return ChosenVersion{*exact, least, std::nullopt, {}};
    ASSIGN_OR_RETURN(model::SemVer first, model::SemVer::Parse(kFirstVersion));
    return ChosenVersion{std::move(first), least, std::nullopt, {}};
  }
  // Before 1.0.0 a version promises nothing (Semantic Versioning 2.0.0, item 4). By custom its
  // minor number means what the major number means later.
  if (base->major() == "0") least = std::min(least, contract::Bump::kMinor);
  const model::SemVer least_version = contract::Next(*base, least);
  ChosenVersion chosen{least_version, least, *base, std::move(changes)};
  if (const auto* bump = std::get_if<contract::Bump>(&wish)) {
    chosen.version = contract::Next(*base, *bump);
    chosen.step = *bump;
    // A step below the least one is legal where the number covers the change all the same. A patch
    // of 2.0.0-rc.1 is 2.0.0, and a patch of 0.y.z covers everything.
    if (*bump < least && !contract::Covers(*base, chosen.version, least)) {
      return TooSmall("a " + std::string(contract::Name(*bump)) + " bump", chosen, least_version);
    }
  } else if (exact != nullptr) {
    chosen.version = *exact;
    // A push of a registered version is judged by its artifact. A refusal because of the number
    // would hide that the same files are there.
    if (registered == Registered::kNo && !contract::Covers(*base, *exact, least)) {
      return TooSmall("version " + exact->text(), chosen, least_version);
    }
  }
  return chosen;
}

}  // namespace moorage::control

#pragma once

// A source of models in memory. A test sets what is wanted, and when it cannot be read.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/serving/models/model_source.h"
#include "foundation/base/mutex.h"

namespace moorage::models {

class FakeModelSource : public ModelSource {
 public:
  // What every Fetch() answers (with the digest asked for), for the backend under test.
  explicit FakeModelSource(model::Manifest manifest) : manifest_(std::move(manifest)) {}

  // Versions wanted from now on have other bytes than before.
  void OfBytes(const std::string& bytes) {
    const base::MutexLock lock(mu_);
    bytes_ = bytes;
  }
  // Wants `versions` of `name`, with these aliases. The digests follow from versions and bytes.
  void Want(const std::string& name, const std::vector<std::string>& versions,
            const std::vector<std::pair<std::string, std::string>>& aliases) {
    const base::MutexLock lock(mu_);
    WantedModel wanted{.name = model::ModelName(name), .aliases = {}, .versions = {}};
    for (const std::string& version : versions) {
      std::string bytes = name;
      bytes.append("@").append(version).append(bytes_);
      wanted.versions.push_back({*model::SemVer::Parse(version), model::DigestOf(bytes)});
    }
    for (const auto& [alias, version] : aliases) {
      wanted.aliases.push_back({model::Alias(alias), *model::SemVer::Parse(version)});
    }
    wanted_.insert_or_assign(name, std::move(wanted));
    ++generation_;
  }
  void Drop(const std::string& name) {
    const base::MutexLock lock(mu_);
    wanted_.erase(name);
    ++generation_;
  }
  // Nothing can be read until it is taken back with nothing.
  void Fail(std::optional<base::Error> error) {
    const base::MutexLock lock(mu_);
    error_ = std::move(error);
  }
  // This version cannot be fetched until it is taken back.
  void FailFetch(const std::string& version) {
    const base::MutexLock lock(mu_);
    broken_ = version;
  }
  // Nothing is served under any alias, for this reason.
  void ServeNoAlias(const std::string& reason) {
    const base::MutexLock lock(mu_);
    never_ = reason;
  }
  std::optional<std::string> NeverServes(const model::Alias& /*alias*/) const override {
    const base::MutexLock lock(mu_);
    return never_;
  }
  // A report that was stored before.
  void Keep(const model::Digest& digest, const servable::ProbeReport& report) {
    const base::MutexLock lock(mu_);
    reports_.insert_or_assign(digest.value(), report);
  }
  void Forget(const model::Digest& digest) {
    const base::MutexLock lock(mu_);
    reports_.erase(digest.value());
  }
  // The digest of a version as Want() makes it.
  model::Digest DigestOf(const std::string& name, const std::string& version) const {
    const base::MutexLock lock(mu_);
    return model::DigestOf(std::string(name).append("@").append(version).append(bytes_));
  }
  std::size_t fetches() const {
    const base::MutexLock lock(mu_);
    return fetches_;
  }

  base::Result<std::uint64_t> Generation() override {
    const base::MutexLock lock(mu_);
    if (error_) return *error_;
    return generation_;
  }
  base::Result<std::vector<WantedModel>> Wanted() override {
    const base::MutexLock lock(mu_);
    if (error_) return *error_;
    std::vector<WantedModel> all;
    all.reserve(wanted_.size());
    for (const auto& [name, wanted] : wanted_) all.push_back(wanted);
    return all;
  }
  base::ChangeWatch& changes() override { return changes_; }
  base::Result<std::optional<servable::ProbeReport>> FindReport(
      const model::Digest& artifact, const servable::ProbeKey& /*key*/) override {
    const base::MutexLock lock(mu_);
    const auto found = reports_.find(artifact.value());
    if (found == reports_.end()) return std::nullopt;
    return std::optional(found->second);
  }
  base::Status KeepReport(const model::Digest& artifact, const servable::ProbeKey& /*key*/,
                          const servable::ProbeReport& report) override {
    Keep(artifact, report);
    return {};
  }
  base::Result<model::Artifact> Fetch(const model::ModelName& /*name*/,
                                      const WantedVersion& version) override {
    const base::MutexLock lock(mu_);
    ++fetches_;
    if (version.version.text() == broken_) {
      return base::Error{base::Code::kCorrupt, "the blob is not what it was"};
    }
    model::Artifact artifact;
    artifact.digest = version.digest;
    artifact.model = std::make_shared<const std::string>(version.version.text());
    artifact.manifest = manifest_;
    return artifact;
  }

 private:
  const model::Manifest manifest_;
  base::WakeOnlyWatch changes_;
  mutable base::Mutex mu_;
  std::map<std::string, WantedModel> wanted_ GUARDED_BY(mu_);
  std::uint64_t generation_ GUARDED_BY(mu_) = 1;
  std::size_t fetches_ GUARDED_BY(mu_) = 0;
  std::string broken_ GUARDED_BY(mu_);
  std::string bytes_ GUARDED_BY(mu_);
  std::optional<std::string> never_ GUARDED_BY(mu_);
  std::optional<base::Error> error_ GUARDED_BY(mu_);
  std::map<std::string, servable::ProbeReport> reports_ GUARDED_BY(mu_);
};

}  // namespace moorage::models

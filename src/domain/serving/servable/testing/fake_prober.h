#pragma once

// A prober whose reports are written by the test. It may block until it is cancelled or released.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/serving/servable/prober.h"
#include "foundation/base/mutex.h"

namespace moorage::servable {

class FakeProber : public Prober {
 public:
  FakeProber() {
    report_.batch_size = 32;
    report_.sharing = RowSharing::kProved;
  }

  // What the next probes return, unless the artifact has an answer of its own.
  void Return(ProbeReport report) {
    const base::MutexLock lock(mu_);
    report_ = std::move(report);
  }
  void Return(const model::Digest& digest, base::Result<ProbeReport> answer) {
    const base::MutexLock lock(mu_);
    answers_.insert_or_assign(digest.value(), std::move(answer));
  }
  // Probes of this artifact wait until they are cancelled or released.
  void Hang(const model::Digest& digest) {
    const base::MutexLock lock(mu_);
    hanging_ = digest.value();
  }
  void Release() {
    const base::MutexLock lock(mu_);
    hanging_.clear();
    changed_.notify_all();
  }
  // Called at the begin of each probe.
  void OnProbe(std::function<void()> call) { on_probe_ = std::move(call); }
  // Of the last probe.
  std::chrono::milliseconds limit() const {
    const base::MutexLock lock(mu_);
    return limit_;
  }
  // The artifacts that were probed, in that order.
  std::vector<std::string> probed() const {
    const base::MutexLock lock(mu_);
    return probed_;
  }
  std::vector<std::size_t> rows_given() const {
    const base::MutexLock lock(mu_);
    return rows_given_;
  }

  // What TryOpen() returns.
  void RefuseToOpen(base::Error error) {
    const base::MutexLock lock(mu_);
    open_error_ = std::move(error);
  }
  base::Status TryOpen(const model::Artifact& /*artifact*/,
                       const base::CancelToken& /*cancel*/) override {
    const base::MutexLock lock(mu_);
    if (open_error_) return *open_error_;
    return {};
  }
  base::Result<ProbeReport> Probe(const ProbeRequest& request) override {
    const auto awake = request.cancel.WhenCancelled([this] {
      const base::MutexLock lock(mu_);
      changed_.notify_all();
    });
    if (on_probe_) on_probe_();
    base::MutexLock lock(mu_);
    limit_ = request.limit;
    const std::string& digest = request.artifact.digest.value();
    probed_.push_back(digest);
    rows_given_.push_back(request.rows.size());
    while (hanging_ == digest && !request.cancel.cancelled()) changed_.wait(lock.native());
    if (request.cancel.cancelled()) return request.cancel.Check().error();
    if (const auto found = answers_.find(digest); found != answers_.end()) return found->second;
    return report_;
  }
  std::size_t batch_size() const override { return 32; }

 private:
  mutable base::Mutex mu_;
  std::condition_variable changed_;
  ProbeReport report_ GUARDED_BY(mu_);
  std::map<std::string, base::Result<ProbeReport>> answers_ GUARDED_BY(mu_);
  std::string hanging_ GUARDED_BY(mu_);
  std::function<void()> on_probe_;
  std::chrono::milliseconds limit_ GUARDED_BY(mu_){0};
  std::vector<std::string> probed_ GUARDED_BY(mu_);
  std::vector<std::size_t> rows_given_ GUARDED_BY(mu_);
  std::optional<base::Error> open_error_ GUARDED_BY(mu_);
};

}  // namespace moorage::servable

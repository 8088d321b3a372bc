#pragma once

// A backend that calls back before it opens an artifact and before each run. Tests count steps and
// cancel between two of them.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "platform/runtime/backend.h"

namespace moorage::control {

class WatchedBackend : public runtime::Backend {
 public:
  using Hook = std::function<void()>;

  // `real` outlives the backend and its sessions.
  explicit WatchedBackend(runtime::Backend& real) : real_(real) {}

  base::Result<std::unique_ptr<runtime::Session>> Open(const model::Artifact& artifact) override {
    if (on_open) on_open();
    ASSIGN_OR_RETURN(auto session, real_.Open(artifact));
    return std::unique_ptr<runtime::Session>(
        std::make_unique<WatchedSession>(std::move(session), on_run));
  }
  std::string version() const override { return real_.version(); }

  Hook on_open;  // may be empty
  Hook on_run;   // of sessions that are opened from now on

 private:
  class WatchedSession : public runtime::Session {
   public:
    WatchedSession(std::unique_ptr<runtime::Session> real, Hook on_run)
        : real_(std::move(real)), on_run_(std::move(on_run)) {}
    const model::Signature& signature() const override { return real_->signature(); }
    const runtime::GraphInfo& graph() const override { return real_->graph(); }
    base::Result<runtime::Outputs> Run(std::span<const model::TensorView> inputs,
                                       std::span<const std::size_t> wanted,
                                       runtime::RunControl* control) const override {
      if (on_run_) on_run_();
      return real_->Run(inputs, wanted, control);
    }
    std::unique_ptr<runtime::RunControl> MakeControl() const override {
      return real_->MakeControl();
    }

   private:
    const std::unique_ptr<runtime::Session> real_;
    const Hook on_run_;
  };

  runtime::Backend& real_;
};

}  // namespace moorage::control

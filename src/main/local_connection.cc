#include "main/local_connection.h"

#include <mutex>
#include <optional>
#include <utility>

#include "control/management/local_management.h"
#include "foundation/base/random.h"
#include "main/local_registry.h"
#include "main/version.h"
#include "platform/runtime/onnx/onnx_backend.h"

namespace moorage::main {

namespace {

// Starts ONNX Runtime when a model is first opened. Most commands open none.
class LazyBackend : public runtime::Backend {
 public:
  base::Result<std::unique_ptr<runtime::Session>> Open(const model::Artifact& artifact) override {
    return Started().Open(artifact);
  }
  std::string version() const override { return Started().version(); }

 private:
  runtime::OnnxBackend& Started() const {
    std::call_once(once_, [this] { backend_.emplace(); });
    return *backend_;
  }

  mutable std::once_flag once_;
  mutable std::optional<runtime::OnnxBackend> backend_;
};

class LocalConnection : public cli::ApiConnection {
 public:
  LocalConnection(LocalRegistry registry, std::string actor, const base::Clock& clock,
                  std::unique_ptr<servable::Prober> prober)
      : registry_(std::move(registry)),
        actor_(std::move(actor)),
        prober_(std::move(prober)),
        management_({.registry = *registry_.registry,
                     .backend = backend_,
                     .prober = *prober_,
                     .clock = clock,
                     .random = base::SystemRandom::Get(),
                     .program = std::string(kProgram)}) {}

  base::Result<model::ApiReply> Call(const model::ApiCall& call) override {
    model::ApiCall mine = call;
    // The audit log shows the user of this process, whatever the call holds.
    mine.actor = actor_;
    return management_.Handle(mine);
  }

 private:
  LocalRegistry registry_;
  const std::string actor_;
  LazyBackend backend_;
  const std::unique_ptr<servable::Prober> prober_;
  management::LocalManagement management_;
};

}  // namespace

base::Result<std::unique_ptr<cli::ApiConnection>> OpenLocalConnection(
    const config::Config& config, std::string actor, base::FileSystem& files,
    const base::Clock& clock, std::unique_ptr<servable::Prober> prober) {
  ASSIGN_OR_RETURN(LocalRegistry registry, LocalRegistry::Open(config.registry, files, clock));
  return std::unique_ptr<cli::ApiConnection>(std::make_unique<LocalConnection>(
      std::move(registry), std::move(actor), clock, std::move(prober)));
}

}  // namespace moorage::main

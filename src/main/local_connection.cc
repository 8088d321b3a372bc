#include "main/local_connection.h"

#include <mutex>
#include <optional>
#include <utility>

#include "control/management/local_management.h"
#include "control/management/operations.h"
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

RegistryUse UseOf(const model::OperationRow& row) {
  switch (row.permission) {
    case model::Permission::kNone:
    case model::Permission::kRead:
    case model::Permission::kPredict:
      return RegistryUse::kRead;
    case model::Permission::kPush:
      // A version can only be deleted from a registry that is there.
      return row.verb == model::Verb::kDelete ? RegistryUse::kChange : RegistryUse::kPush;
    case model::Permission::kValidate:
    case model::Permission::kPromote:
    case model::Permission::kAdmin:
      return RegistryUse::kChange;
  }
  return RegistryUse::kRead;
}

class LocalConnection : public cli::ApiConnection {
 public:
  LocalConnection(config::Config::Registry config, LocalCaller caller, base::FileSystem& files,
                  const base::Clock& clock, std::unique_ptr<servable::Prober> prober)
      : config_(std::move(config)),
        caller_(std::move(caller)),
        files_(files),
        clock_(clock),
        prober_(std::move(prober)) {}

  base::Result<model::ApiReply> Call(const model::ApiCall& call) override {
    const auto opened = OpenFor(UseOf(*call.operation));
    if (!opened.ok()) {
      if (!IsListOfNothing(call, opened.error())) return opened.error();
      // A place without a registry has no models. The list says where it looked, because the user
      // may be in the wrong directory.
      caller_.say(opened.error().message);
      return model::ApiReply{.body = {{"models", json::Json::array()}}};
    }
    model::ApiCall mine = call;
    // The audit log shows the user of this process, whatever the call holds.
    mine.actor = caller_.actor;
    return management_->Handle(mine);
  }

 private:
  static bool IsListOfNothing(const model::ApiCall& call, const base::Error& error) {
    return call.operation == &management::kListModels.row && error.code == base::Code::kNotFound;
  }

  // A command makes several calls. A call that does more than the one before opens anew.
  base::Status OpenFor(RegistryUse use) {
    if (management_ && use <= use_) return {};
    management_.reset();
    registry_.reset();
    ASSIGN_OR_RETURN(registry_, LocalRegistry::Open(config_, use, files_, clock_));
    if (registry_->created) caller_.say("made a new registry at " + registry_->path);
    use_ = use;
    management_.emplace(management::LocalManagement::Deps{.registry = *registry_->registry,
                                                          .backend = backend_,
                                                          .prober = *prober_,
                                                          .clock = clock_,
                                                          .random = base::SystemRandom::Get(),
                                                          .program = std::string(kProgram)});
    return {};
  }

  const config::Config::Registry config_;
  const LocalCaller caller_;
  base::FileSystem& files_;
  const base::Clock& clock_;
  LazyBackend backend_;
  const std::unique_ptr<servable::Prober> prober_;
  RegistryUse use_ = RegistryUse::kRead;
  std::optional<LocalRegistry> registry_;
  std::optional<management::LocalManagement> management_;
};

}  // namespace

std::unique_ptr<cli::ApiConnection> MakeLocalConnection(const config::Config::Registry& config,
                                                        LocalCaller caller, base::FileSystem& files,
                                                        const base::Clock& clock,
                                                        std::unique_ptr<servable::Prober> prober) {
  return std::make_unique<LocalConnection>(config, std::move(caller), files, clock,
                                           std::move(prober));
}

}  // namespace moorage::main

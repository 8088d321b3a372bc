#pragma once

// Turns finished calls into metrics and log records.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "edge/api/call_observer.h"
#include "edge/api/operation.h"
#include "edge/api/request_metrics.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/log/log_shard.h"

namespace moorage::api {

// Counts finished calls and writes their records. One object per reactor, over shards of its own,
// on the reactor's thread.
//
//   an inference       counts into the model_* families, and a success is a prediction record
//   every other call   counts into moorage_requests_total and is an access record, also where
//                      nothing matched
//   any failure        is an error record beside that
class CallRecorder : public CallObserver {
 public:
  struct Deps {
    RequestMetrics& metrics;
    RequestShard& requests;    // of `metrics`, this reactor's
    telemetry::LogShard& log;  // this reactor's
    const base::Clock& clock;
  };
  // Whether prediction records hold the body of the request.
  enum class Payloads : std::uint8_t { kKept, kDropped };

  // `endpoints` are the EndpointNames() that `metrics` was made with. Their texts outlive the
  // recorder.
  CallRecorder(const Deps& deps, std::span<const std::string> endpoints, Payloads payloads);

  bool KeepsPayload(const model::CallContext& context, std::size_t bytes) override;
  void Finished(const model::CallContext& context, const CallFacts& facts,
                std::string_view body) override;
  bool Forget(std::uint32_t label) override;

 private:
  struct KnownLabel {
    std::weak_ptr<const model::ModelLabel> label;
    ModelKey key = ModelKey::kNone;
  };

  void Count(const CallFacts& facts);
  void LogPrediction(const model::CallContext& context, const CallFacts& facts,
                     std::string_view body);
  void LogError(const model::CallContext& context, const CallFacts& facts, std::string_view body);
  void LogAccess(const model::CallContext& context, const CallFacts& facts);
  ModelKey KeyOf(const model::SharedLabel& label);
  void Release(ModelKey key);

  const Deps deps_;
  const Payloads payloads_;
  std::unordered_map<std::string_view, std::size_t> endpoints_;  // of the caller's texts
  std::unordered_map<std::uint32_t, KnownLabel> labels_;         // by ModelLabel::id
  std::uint32_t last_id_ = 0;
  ModelKey last_key_ = ModelKey::kNone;
  const Operation* last_operation_ = nullptr;
  std::size_t last_endpoint_ = 0;
};

// The values of the label `endpoint`, which are the names of the inference operations.
std::vector<std::string> EndpointNames(std::span<const Operation> operations);

}  // namespace moorage::api

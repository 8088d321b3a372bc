#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "edge/api/call_observer.h"
#include "edge/api/operation.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/log/log_shard.h"
#include "foundation/telemetry/metrics/request_metrics.h"

namespace moorage::api {

// Counts finished calls and writes their records: an inference into the model_* families and, if it
// went well, as a prediction; every other call, also one that matched nothing, as an access;
// whatever failed as an error, too. One object per reactor, over shards of its own.
class CallRecorder : public CallObserver {
 public:
  struct Deps {
    telemetry::RequestMetrics& metrics;
    telemetry::RequestShard& requests;  // of `metrics`, this reactor's
    telemetry::LogShard& log;           // this reactor's
    const base::Clock& clock;
  };
  // Whether prediction records hold what was asked.
  enum class Payloads : std::uint8_t { kKept, kDropped };

  // `endpoints` are those that `metrics` was made with: EndpointNames() of the same operations.
  // Their texts must outlive the recorder.
  CallRecorder(const Deps& deps, std::span<const std::string> endpoints, Payloads payloads);

  bool KeepsPayload(const CallContext& context) override;
  void Finished(const CallContext& context, int status, std::string_view body,
                base::Duration duration) override;

 private:
  void Count(const CallContext& context, int status, base::Duration duration);
  void LogPrediction(const CallContext& context, int status, std::string_view body,
                     base::Duration duration);
  void LogError(const CallContext& context, int status, std::string_view body,
                base::Duration duration);
  void LogAccess(const CallContext& context, int status, base::Duration duration);
  telemetry::ModelKey KeyOf(const servable::Servable& servable);

  const Deps deps_;
  const Payloads payloads_;
  std::unordered_map<std::string_view, std::size_t> endpoints_;  // of the caller's texts
  std::unordered_map<std::uint32_t, telemetry::ModelKey> keys_;  // by Servable::id
  std::uint32_t last_id_ = 0;
  telemetry::ModelKey last_key_ = telemetry::ModelKey::kNone;
  const Operation* last_operation_ = nullptr;
  std::size_t last_endpoint_ = 0;
};

// The values of the label `endpoint`: the names of the operations that count as inference.
std::vector<std::string> EndpointNames(std::span<const Operation> operations);

}  // namespace moorage::api

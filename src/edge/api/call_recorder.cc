#include "edge/api/call_recorder.h"

#include <algorithm>

namespace moorage::api {
namespace {

constexpr int kFirstError = 400;

std::string_view EndpointOf(const CallContext& context) {
  return context.operation != nullptr ? context.operation->name : std::string_view();
}

std::string_view ModelOf(const CallContext& context) {
  return context.servable != nullptr ? context.servable->name.value() : std::string_view();
}

std::string_view VersionOf(const CallContext& context) {
  return context.servable != nullptr ? context.servable->version.text() : std::string_view();
}

}  // namespace

std::vector<std::string> EndpointNames(std::span<const Operation> operations) {
  std::vector<std::string> names;
  for (const Operation& operation : operations) {
    if (operation.is_inference) names.emplace_back(operation.name);
  }
  return names;
}

CallRecorder::CallRecorder(const Deps& deps, std::span<const std::string> endpoints,
                           Payloads payloads)
    : deps_(deps), payloads_(payloads) {
  for (std::size_t i = 0; i < endpoints.size(); ++i) endpoints_.emplace(endpoints[i], i);
}

bool CallRecorder::KeepsPayload(const CallContext& /*context*/) {
  return payloads_ == Payloads::kKept;
}

void CallRecorder::Finished(const CallContext& context, int status, std::string_view body,
                            base::Duration duration) {
  const bool is_inference = context.operation != nullptr && context.operation->is_inference;
  if (is_inference) {
    Count(context, status, duration);
  } else {
    LogAccess(context, status, duration);
  }
  if (status >= kFirstError) {
    LogError(context, status, body, duration);
  } else if (is_inference) {
    LogPrediction(context, status, body, duration);
  }
}

void CallRecorder::LogPrediction(const CallContext& context, int status, std::string_view body,
                                 base::Duration duration) {
  deps_.log.Prediction({.time = deps_.clock.Now(),
                        .duration = duration,
                        .code = status,
                        .request_id = context.request_id,
                        .endpoint = EndpointOf(context),
                        .model = ModelOf(context),
                        .version = VersionOf(context),
                        .request = context.payload,
                        .response = body});
}

void CallRecorder::LogError(const CallContext& context, int status, std::string_view body,
                            base::Duration duration) {
  deps_.log.Error({.time = deps_.clock.Now(),
                   .duration = duration,
                   .code = status,
                   .request_id = context.request_id,
                   .endpoint = EndpointOf(context),
                   .model = ModelOf(context),
                   .version = VersionOf(context),
                   .request = context.payload,
                   .response = body,
                   .error = context.error,
                   .message = context.error_message});
}

void CallRecorder::LogAccess(const CallContext& context, int status, base::Duration duration) {
  const bool is_probe = context.operation != nullptr && context.operation->is_probe;
  deps_.log.Access({.level = is_probe ? telemetry::LogLevel::kDebug : telemetry::LogLevel::kInfo,
                    .time = deps_.clock.Now(),
                    .duration = duration,
                    .code = status,
                    .request_id = context.request_id,
                    .method = context.method,
                    .path = context.path,
                    .client = context.peer});
}

void CallRecorder::Count(const CallContext& context, int status, base::Duration duration) {
  if (context.operation != last_operation_) {
    const auto found = endpoints_.find(context.operation->name);
    if (found == endpoints_.end()) return;
    last_operation_ = context.operation;
    last_endpoint_ = found->second;
  }
  const telemetry::ModelKey key =
      context.servable != nullptr ? KeyOf(*context.servable) : telemetry::ModelKey::kNone;
  deps_.requests.Record(last_endpoint_, key, status, duration);
}

telemetry::ModelKey CallRecorder::KeyOf(const servable::Servable& servable) {
  if (servable.id == last_id_ && last_key_ != telemetry::ModelKey::kNone) return last_key_;
  const auto [entry, is_new] = keys_.try_emplace(servable.id, telemetry::ModelKey::kNone);
  // Once per version and reactor: the lock is held for a look-up.
  if (is_new) {
    entry->second = deps_.metrics.Intern(servable.name.value(), servable.version.text());
  }
  last_id_ = servable.id;
  last_key_ = entry->second;
  return last_key_;
}

}  // namespace moorage::api

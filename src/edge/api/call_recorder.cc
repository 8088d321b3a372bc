#include "edge/api/call_recorder.h"

#include <algorithm>

namespace moorage::api {
namespace {

constexpr int kFirstError = 400;

std::string_view EndpointOf(const CallContext& context) {
  return context.operation != nullptr ? context.operation->name : std::string_view();
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
  if (is_inference) Count(context, status, duration);
  if (!is_inference && status < kFirstError) return;

  std::string_view model;
  std::string_view version;
  if (context.servable != nullptr) {
    model = context.servable->name.value();
    version = context.servable->version.text();
  }
  if (status < kFirstError) {
    return deps_.log.Prediction({.time = deps_.clock.Now(),
                                 .duration = duration,
                                 .code = status,
                                 .request_id = context.request_id,
                                 .endpoint = EndpointOf(context),
                                 .model = model,
                                 .version = version,
                                 .request = context.payload,
                                 .response = body});
  }
  deps_.log.Error({.time = deps_.clock.Now(),
                   .duration = duration,
                   .code = status,
                   .request_id = context.request_id,
                   .endpoint = EndpointOf(context),
                   .model = model,
                   .version = version,
                   .request = context.payload,
                   .response = body,
                   .error = context.error,
                   .message = context.error_message});
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

telemetry::ModelKey CallRecorder::KeyOf(const serving::Servable& servable) {
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

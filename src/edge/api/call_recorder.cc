#include "edge/api/call_recorder.h"

#include <algorithm>

namespace moorage::api {
namespace {

constexpr int kFirstError = 400;
constexpr int kUnavailable = 503;

std::string_view ModelOf(const CallFacts& facts) {
  return facts.model != nullptr ? std::string_view(facts.model->name) : std::string_view();
}

std::string_view VersionOf(const CallFacts& facts) {
  return facts.model != nullptr ? std::string_view(facts.model->version) : std::string_view();
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

bool CallRecorder::KeepsPayload(const model::CallContext& /*context*/, std::size_t bytes) {
  return payloads_ == Payloads::kKept && bytes <= telemetry::kMostLoggedBody;
}

void CallRecorder::Finished(const model::CallContext& context, const CallFacts& facts,
                            std::string_view body) {
  const bool is_inference = facts.operation != nullptr && facts.operation->is_inference;
  if (is_inference) {
    Count(facts);
  } else {
    deps_.requests.RecordOther(context.operation, facts.status, facts.reason);
    LogAccess(context, facts);
  }
  if (facts.status >= kFirstError) {
    // A probe that says no is an answer. The server logs each change of its state itself.
    const bool says_no =
        facts.operation != nullptr && facts.operation->is_probe && facts.status == kUnavailable;
    if (!says_no) LogError(context, facts, body);
  } else if (is_inference) {
    LogPrediction(context, facts, body);
  }
}

void CallRecorder::LogPrediction(const model::CallContext& context, const CallFacts& facts,
                                 std::string_view body) {
  deps_.log.Prediction({.time = deps_.clock.Now(),
                        .duration = facts.duration,
                        .code = facts.status,
                        .request_id = context.request_id,
                        .endpoint = context.operation,
                        .model = ModelOf(facts),
                        .version = VersionOf(facts),
                        .request = facts.payload,
                        .response = body,
                        .request_bytes = facts.body_bytes});
}

void CallRecorder::LogError(const model::CallContext& context, const CallFacts& facts,
                            std::string_view body) {
  deps_.log.Error({.time = deps_.clock.Now(),
                   .duration = facts.duration,
                   .code = facts.status,
                   .request_id = context.request_id,
                   .endpoint = context.operation,
                   .model = ModelOf(facts),
                   .version = VersionOf(facts),
                   .request = facts.payload,
                   .response = body,
                   .request_bytes = facts.body_bytes,
                   .error = facts.error,
                   .message = facts.error_message});
}

void CallRecorder::LogAccess(const model::CallContext& context, const CallFacts& facts) {
  // Probes come every few seconds and would fill the log.
  const bool is_probe = facts.operation != nullptr && facts.operation->is_probe;
  deps_.log.Access({.level = is_probe ? telemetry::LogLevel::kDebug : telemetry::LogLevel::kInfo,
                    .time = deps_.clock.Now(),
                    .duration = facts.duration,
                    .code = facts.status,
                    .request_id = context.request_id,
                    .method = facts.method,
                    .path = facts.path,
                    .client = context.peer});
}

void CallRecorder::Count(const CallFacts& facts) {
  // Most calls are like the one before, so the last endpoint and the last model are remembered.
  if (facts.operation != last_operation_) {
    const auto found = endpoints_.find(facts.operation->name);
    // An operation that was not named to the constructor has no series to count in.
    if (found == endpoints_.end()) return;
    last_operation_ = facts.operation;
    last_endpoint_ = found->second;
  }
  const ModelKey key = facts.model != nullptr ? KeyOf(facts.model) : ModelKey::kNone;
  deps_.requests.Record(last_endpoint_, key, facts.status, facts.duration);
}

ModelKey CallRecorder::KeyOf(const model::SharedLabel& label) {
  if (label->id == last_id_ && last_key_ != ModelKey::kNone) return last_key_;
  KnownLabel& known = labels_[label->id];
  if (known.key == ModelKey::kNone) {
    // Once per version and reactor, because Intern() locks.
    known = {.label = label, .key = deps_.metrics.Intern(label->name, label->version)};
  }
  last_id_ = label->id;
  last_key_ = known.key;
  return last_key_;
}

bool CallRecorder::Forget(std::uint32_t label) {
  last_key_ = ModelKey::kNone;
  const auto found = labels_.find(label);
  const bool is_over = found == labels_.end() || found->second.label.expired();
  // Beside it goes what an answer has named after its version was unloaded. What found no place is
  // looked up anew, because there may be one now.
  for (auto known = labels_.begin(); known != labels_.end();) {
    if (!known->second.label.expired() && known->second.key != ModelKey::kOther) {
      ++known;
      continue;
    }
    const ModelKey key = known->second.key;
    known = labels_.erase(known);
    Release(key);
  }
  return is_over;
}

void CallRecorder::Release(ModelKey key) {
  // A version that was loaded again before has the same key under another label.
  const bool is_used =
      std::ranges::any_of(labels_, [key](const auto& known) { return known.second.key == key; });
  if (!is_used) deps_.requests.Forget(key);
  deps_.metrics.Release(key);
}

}  // namespace moorage::api

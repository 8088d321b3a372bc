#include "edge/probes/health_handler.h"

namespace moorage::probes {

namespace {

std::string_view Name(models::VersionStatus::State state) {
  using State = models::VersionStatus::State;
  switch (state) {
    case State::kLoading:
      return "loading";
    case State::kReady:
      return "ready";
    case State::kFailed:
      return "failed";
    case State::kUnloading:
      return "unloading";
  }
  return "failed";
}

}  // namespace

void HealthHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
  json_.Clear();
  // A process that answers is alive. Models do not count, because a restart would not mend them.
  if (question_ == Question::kLive) {
    json_.BeginObject().Key("live").Boolean(true).EndObject();
    return exchange->Send({.body = json_.view(), .headers = {}});
  }
  const std::vector<std::string> reasons =
      question_ == Question::kHealth ? readiness_.Reasons() : readiness_.Obstacles();
  if (question_ == Question::kHealth) {
    WriteHealth(reasons);
  } else {
    json_.BeginObject().Key("ready").Boolean(reasons.empty());
    if (!reasons.empty()) {
      json_.Key("reasons").BeginArray();
      for (const std::string& reason : reasons) json_.String(reason);
      json_.EndArray();
    }
    json_.EndObject();
  }
  exchange->Send({.status = reasons.empty() ? 200 : 503, .body = json_.view(), .headers = {}});
}

void HealthHandler::WriteHealth(const std::vector<std::string>& reasons) {
  json_.BeginObject().Key("status").String(reasons.empty() ? "healthy" : "unhealthy");
  json_.Key("timestamp").Time(clock_.Now());
  if (!reasons.empty()) {
    json_.Key("reasons").BeginArray();
    for (const std::string& reason : reasons) json_.String(reason);
    json_.EndArray();
  }
  json_.Key("models").BeginArray();
  for (const models::VersionStatus& status : manager_.Status()) {
    json_.BeginObject().Key("name").String(status.name.value());
    json_.Key("version").String(status.version.text());
    json_.Key("aliases").BeginArray();
    for (const model::Alias& alias : status.aliases) json_.String(alias.value());
    json_.EndArray().Key("state").String(Name(status.state));
    if (!status.reason.empty()) json_.Key("reason").String(status.reason);
    json_.EndObject();
  }
  json_.EndArray().EndObject();
}

}  // namespace moorage::probes

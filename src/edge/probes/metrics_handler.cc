#include "edge/probes/metrics_handler.h"

#include <string>

namespace moorage::probes {

void MetricsHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
  const auto format =
      telemetry::NegotiateExposition(exchange->request().Find("accept").value_or(""));
  telemetry::Exposition exposition(families_);
  for (const telemetry::Collector* collector : collectors_) collector->Collect(exposition);
  const std::string text = exposition.ToText(format);
  exchange->Send({.content_type = telemetry::ContentType(format), .body = text, .headers = {}});
}

void StatsHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
  constexpr double kMilliseconds = 1000;
  json_.Clear().BeginObject().Key("endpoints").BeginObject();
  for (const api::EndpointStats& stats : metrics_.Stats()) {
    json_.Key(stats.endpoint).BeginObject();
    json_.Key("count").Unsigned(stats.count).Key("errors").Unsigned(stats.errors);
    json_.Key("mean_ms").Number(stats.mean * kMilliseconds);
    json_.Key("min_ms").Number(stats.min * kMilliseconds);
    json_.Key("max_ms").Number(stats.max * kMilliseconds);
    json_.Key("p50_ms").Number(stats.p50 * kMilliseconds);
    json_.Key("p90_ms").Number(stats.p90 * kMilliseconds);
    json_.Key("p99_ms").Number(stats.p99 * kMilliseconds).EndObject();
  }
  json_.EndObject().EndObject();
  exchange->Send({.body = json_.view(), .headers = {}});
}

}  // namespace moorage::probes

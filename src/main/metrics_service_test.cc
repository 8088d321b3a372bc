#include "main/metrics_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/log/testing/fake_log.h"
#include "foundation/telemetry/metrics/process_metrics.h"
#include "main/testing/wire_port.h"

namespace moorage::main {
namespace {

using testing::HasSubstr;

TEST(MetricsService, AnswersAScrapeAndALivenessProbeAndNothingElse) {
  const base::Clock& clock = base::SystemClock::Get();
  telemetry::FakeLog log;
  runtime::FakeScript script;
  runtime::FakeBackend backend(script);
  models::FakeModelSource source(servable::FakeManifest());
  models::ModelManager manager({}, source, backend, clock, log);
  probes::Readiness readiness(manager);
  telemetry::ProcessMetrics process;
  const auto service = MetricsService::Make({&process}, readiness, manager);
  ASSERT_TRUE(service.ok());
  WirePort port(**service, clock);
  const std::string scrape = port.Ask("GET", "/metrics");
  EXPECT_THAT(scrape, HasSubstr("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(scrape, HasSubstr("\n# TYPE process_open_fds gauge\n"));
  EXPECT_EQ(port.Status("GET", "/health/live"), 200);
  EXPECT_EQ(port.Status("GET", "/health"), 404) << "readiness is the data port's to tell";
  EXPECT_EQ(port.Status("POST", "/predict", "{}"), 404);
  EXPECT_EQ(port.Status("POST", "/metrics"), 405);
}

}  // namespace
}  // namespace moorage::main

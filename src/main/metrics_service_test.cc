#include "main/metrics_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "domain/serving/testing/fake_model_source.h"
#include "domain/serving/testing/fake_servable.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/process_metrics.h"
#include "foundation/telemetry/testing/fake_log.h"
#include "main/testing/wire_port.h"

namespace moorage::main {
namespace {

using testing::HasSubstr;

TEST(MetricsService, AnswersAScrapeAndALivenessProbeAndNothingElse) {
  const base::Clock& clock = base::SystemClock::Get();
  telemetry::FakeLog log;
  runtime::FakeScript script;
  runtime::FakeBackend backend(script);
  serving::FakeModelSource source(serving::FakeManifest());
  serving::ModelManager manager({}, source, backend, clock, log);
  api::Readiness readiness(manager);
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

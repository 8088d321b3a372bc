#include "main/server_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "domain/registry/testing/temporary_registry.h"
#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/base/testing/temporary_directory.h"
#include "foundation/telemetry/log/testing/fake_log.h"
#include "main/version.h"

namespace moorage::main {
namespace {

using testing::HasSubstr;
using testing::Not;

// A trainer that reports an accuracy of 0.5.
model::Manifest Reported() {
  model::Manifest manifest = servable::FakeManifest();
  manifest.metrics = {{"accuracy", 0.5}};
  return manifest;
}

class ServerMetricsTest : public testing::Test {
 protected:
  ServerMetricsTest() {
    source_.Want("cancer", {"1.0.0", "1.1.0"}, {{"production", "1.1.0"}, {"staging", "1.1.0"}});
    manager_.ReconcileOnce();
  }

  ServerMetrics Metrics() const {
    return ServerMetrics({.manager = manager_,
                          .executor = executor_,
                          .accuracies = accuracies_,
                          .runtime = "onnxruntime 9.8.7"});
  }
  static std::string TextOf(const ServerMetrics& metrics) {
    telemetry::Exposition exposition;
    metrics.Collect(exposition);
    return exposition.ToText(telemetry::ExpositionFormat::kPrometheusText);
  }
  std::string Scrape() const { return TextOf(Metrics()); }

  base::FakeClock clock_;
  telemetry::FakeLog log_;
  runtime::FakeScript script_;
  runtime::FakeBackend backend_{script_};
  models::FakeModelSource source_{Reported()};
  models::ModelManager manager_{{}, source_, backend_, clock_, log_};
  lane::BatchExecutor executor_{{}, clock_};
  MeasuredAccuracies accuracies_;
};

TEST_F(ServerMetricsTest, TellWhatIsServedAndByWhom) {
  const std::string text = Scrape();
  EXPECT_THAT(text, HasSubstr("moorage_build_info{version=\"" + std::string(kVersion) +
                              "\",onnxruntime=\"9.8.7\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("moorage_queue_depth{model=\"cancer\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("moorage_model_info{model=\"cancer\",version=\"1.1.0\",digest=\"" +
                              model::DigestOf("cancer@1.1.0").value() +
                              "\",aliases=\"production,staging\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("moorage_model_info{model=\"cancer\",version=\"1.0.0\",digest=\"" +
                              model::DigestOf("cancer@1.0.0").value() + "\",aliases=\"\"} 1\n"));
}

TEST_F(ServerMetricsTest, TellTheAccuracyOfTheNewestValidationElseTheTrainers) {
  EXPECT_THAT(Scrape(), HasSubstr("model_accuracy{model=\"cancer\",version=\"1.1.0\"} 0.5\n"));

  const base::TemporaryDirectory folder;
  registry::OpenRegistry registry(folder.path(), clock_);
  for (const char* version : {"1.0.0", "1.1.0"}) {
    ASSERT_TRUE(registry::Push(*registry, "cancer", version, version).ok());
  }
  const auto pushed = registry->Find(model::ModelName("cancer"), registry::Version("1.1.0"));
  ASSERT_TRUE(pushed.ok());
  for (const char* accuracy : {"0.75", "0.875"}) {
    registry::Evidence evidence = registry::EvidenceOf(*pushed, registry::Outcome::kPass);
    evidence.report = std::string(R"({"metrics":{"accuracy":)") + accuracy + "}}";
    ASSERT_TRUE(registry->RecordEvidence(evidence).ok());
  }
  const ServerMetrics metrics = Metrics();
  accuracies_.Refresh(*registry, *manager_.table());
  const std::string text = TextOf(metrics);
  EXPECT_THAT(text, HasSubstr("model_accuracy{model=\"cancer\",version=\"1.0.0\"} 0.5\n"));
  EXPECT_THAT(text, HasSubstr("model_accuracy{model=\"cancer\",version=\"1.1.0\"} 0.875\n"));
  // A scrape reads no evidence. A validation that comes later is seen once it was read.
  registry::Evidence later = registry::EvidenceOf(*pushed, registry::Outcome::kPass);
  later.report = R"({"metrics":{"accuracy":0.25}})";
  ASSERT_TRUE(registry->RecordEvidence(later).ok());
  EXPECT_THAT(TextOf(metrics),
              HasSubstr("model_accuracy{model=\"cancer\",version=\"1.1.0\"} 0.875\n"));
  accuracies_.Refresh(*registry, *manager_.table());
  EXPECT_THAT(TextOf(metrics),
              HasSubstr("model_accuracy{model=\"cancer\",version=\"1.1.0\"} 0.25\n"));
}

}  // namespace
}  // namespace moorage::main

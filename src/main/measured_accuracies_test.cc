#include "main/measured_accuracies.h"

#include <gtest/gtest.h>

#include <string>

#include "domain/registry/testing/temporary_registry.h"
#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/base/testing/temporary_directory.h"
#include "foundation/telemetry/log/testing/fake_log.h"

namespace moorage::main {
namespace {

class MeasuredAccuraciesTest : public testing::Test {
 protected:
  // Stores a validation that measured nothing but this.
  void Validate(const std::string& metrics) {
    const auto version = registry_->Find(model::ModelName("cancer"), registry::Version("1.0.0"));
    ASSERT_TRUE(version.ok());
    registry::Evidence evidence = registry::EvidenceOf(*version, registry::Outcome::kPass);
    evidence.report = R"({"metrics":{)" + metrics + "}}";
    ASSERT_TRUE(registry_->RecordEvidence(evidence).ok());
  }
  void Refresh() { accuracies_.Refresh(*registry_, *manager_.table()); }

  base::FakeClock clock_;
  const base::TemporaryDirectory folder_;
  registry::OpenRegistry registry_{folder_.path(), clock_};
  telemetry::FakeLog log_;
  runtime::FakeScript script_;
  runtime::FakeBackend backend_{script_};
  models::FakeModelSource source_{servable::FakeManifest()};
  models::ModelManager manager_{{}, source_, backend_, clock_, log_};
  MeasuredAccuracies accuracies_;
};

TEST_F(MeasuredAccuraciesTest, AreThoseOfTheNewestValidationUntilTheVersionIsUnloaded) {
  ASSERT_TRUE(registry::Push(*registry_, "cancer", "1.0.0", "bytes").ok());
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  const model::Digest artifact = source_.DigestOf("cancer", "1.0.0");
  manager_.ReconcileOnce();
  Refresh();
  EXPECT_EQ(accuracies_.Find(artifact), std::nullopt);
  Validate(R"("accuracy":0.5)");
  EXPECT_EQ(accuracies_.Find(artifact), std::nullopt) << "it was not read yet";
  Refresh();
  EXPECT_EQ(accuracies_.Find(artifact), 0.5);
  Refresh();
  EXPECT_EQ(accuracies_.Find(artifact), 0.5) << "nothing has changed";
  Validate(R"("mae":0.5)");
  Refresh();
  EXPECT_EQ(accuracies_.Find(artifact), std::nullopt) << "the newest measured another";
  Validate(R"("accuracy":0.25)");
  Refresh();
  EXPECT_EQ(accuracies_.Find(artifact), 0.25);
  source_.Drop("cancer");
  manager_.ReconcileOnce();
  Refresh();
  EXPECT_EQ(accuracies_.Find(artifact), std::nullopt);
}

}  // namespace
}  // namespace moorage::main

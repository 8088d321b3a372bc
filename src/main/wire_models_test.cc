#include "main/wire_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "domain/serving/servable/testing/fake_prober.h"
#include "foundation/base/testing/temporary_directory.h"
#include "foundation/telemetry/log/testing/fake_log.h"
#include "platform/runtime/crash_marker.h"
#include "platform/runtime/onnx/onnx_backend.h"

namespace moorage::main {
namespace {

using testing::HasSubstr;

class ModelOriginTest : public testing::Test {
 protected:
  ModelOriginTest() {
    config_.registry.database = "sqlite:" + folder_.path() + "/moorage.db";
    config_.registry.blobs = "file:" + folder_.path() + "/blobs";
  }
  static std::string Example(const std::string& name) {
    return MOORAGE_SOURCE_DIR "/examples/" + name + "/model.onnx";
  }
  // "cancer 1.0.0, wine 1.0.0"
  static std::string WantedOf(ModelOrigin& models) {
    std::string text;
    const auto wanted = models.source->Wanted();
    EXPECT_TRUE(wanted.ok());
    for (const models::WantedModel& model : *wanted) {
      for (const auto& version : model.versions) {
        text += (text.empty() ? "" : ", ") + model.name.value() + " " + version.version.text();
      }
    }
    return text;
  }

  const base::TemporaryDirectory folder_;
  config::Config config_;
  telemetry::FakeLog log_;
  runtime::OnnxBackend backend_;
  servable::FakeProber prober_;
};

TEST_F(ModelOriginTest, AreTheFilesWhereFilesAreNamed) {
  auto models =
      ModelOrigin::Open(config_, {.models = {{Example("cancer"), ""}, {Example("wine"), "grapes"}}},
                        backend_, prober_, log_);
  ASSERT_TRUE(models.ok()) << models.error().message;
  EXPECT_EQ(WantedOf(*models), "cancer 1.0.0, grapes 1.0.0");
  EXPECT_EQ(models->management, nullptr);
  EXPECT_FALSE(models->registry.has_value());
}

TEST_F(ModelOriginTest, AreTheRegistrysWhereNoneAre) {
  auto models = ModelOrigin::Open(config_, {}, backend_, prober_, log_);
  ASSERT_TRUE(models.ok()) << models.error().message;
  EXPECT_EQ(WantedOf(*models), "");
  EXPECT_NE(models->management, nullptr);
}

TEST_F(ModelOriginTest, NameTheFileThatCannotBeServed) {
  const auto missing = ModelOrigin::Open(config_, {.models = {{folder_ / "none.onnx", ""}}},
                                         backend_, prober_, log_);
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message, HasSubstr("none.onnx"));
  const auto misnamed =
      ModelOrigin::Open(config_, {.models = {{Example("wine"), "Wine!"}}}, backend_, prober_, log_);
  ASSERT_FALSE(misnamed.ok());
  EXPECT_THAT(misnamed.error().message, HasSubstr("Wine!"));
}

TEST_F(ModelOriginTest, KnowsTheModelThatEndedTheServerBefore) {
  const std::string digest = "sha256:" + std::string(64, 'e');
  {
    const auto first = ModelOrigin::Open(config_, {}, backend_, prober_, log_);
    ASSERT_TRUE(first.ok()) << first.error().message;
    EXPECT_FALSE(first->crashed.has_value());
  }
  runtime::WriteCrashMarker(digest);  // as the handler of a signal does
  const auto second = ModelOrigin::Open(config_, {}, backend_, prober_, log_);
  ASSERT_TRUE(second.ok()) << second.error().message;
  ASSERT_TRUE(second->crashed.has_value());
  EXPECT_EQ(second->crashed->value(), digest);
  const auto report =
      second->source->FindReport(*second->crashed, servable::ProbeKey::Of(backend_));
  ASSERT_TRUE(report.ok() && report->has_value());
  EXPECT_TRUE((*report)->quarantined()) << "the next start would run it again";
  const auto third = ModelOrigin::Open(config_, {}, backend_, prober_, log_);
  ASSERT_TRUE(third.ok());
  EXPECT_FALSE(third->crashed.has_value());
}

}  // namespace
}  // namespace moorage::main

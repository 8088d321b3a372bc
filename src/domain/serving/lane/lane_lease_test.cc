#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/lane/testing/lane_rig.h"
#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/telemetry/log/testing/fake_log.h"
#include "platform/runtime/testing/fake_backend.h"

namespace moorage::lane {
namespace {

TEST(LaneLease, ALaneThatServedAVersionDoesNotKeepItLoaded) {
  base::FakeClock clock;
  telemetry::FakeLog log;
  runtime::FakeScript script;
  runtime::FakeBackend backend(script);
  models::FakeModelSource source(servable::FakeManifest());
  models::ModelManager manager({}, source, backend, clock, log);
  source.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager.ReconcileOnce();
  LaneRig rig(clock);
  KeptAnswer kept;
  rig.Ask(**manager.table()->Resolve("cancer", ""), {{1, 1, 1}}, kept);
  rig.lane().EndTick();
  EXPECT_TRUE(kept.ok());
  source.Drop("cancer");
  manager.ReconcileOnce();
  EXPECT_TRUE(log.Says("unloaded cancer@1.0.0"));
  const auto found = manager.table()->Resolve("cancer", "");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message,
            "model 'cancer' is not served; no model is served yet; push one and promote it");
  EXPECT_THAT(manager.Status(), testing::IsEmpty());
}

}  // namespace
}  // namespace moorage::lane

#include "domain/serving/models/routing_view.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/telemetry/log/testing/fake_log.h"
#include "platform/runtime/testing/fake_backend.h"

namespace moorage::models {
namespace {

class RoutingViewTest : public testing::Test {
 protected:
  // The version that a reference names, or why there is none.
  std::string VersionOf(std::string_view ref) {
    const auto found = view_.Resolve(ref);
    return found.ok() ? (**found)->version.text() : found.error().message;
  }

  runtime::FakeScript script_;
  runtime::FakeBackend backend_{script_};
  base::FakeClock clock_;
  telemetry::FakeLog log_;
  FakeModelSource source_{servable::FakeManifest()};
  ModelManager manager_{{}, source_, backend_, clock_, log_};
  RoutingView view_{manager_};
};

TEST_F(RoutingViewTest, SeesANewTableWhenItFollowsAndNotBefore) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  EXPECT_NE(VersionOf("cancer"), "1.0.0") << "a tick sees one table";
  view_.Follow();
  EXPECT_EQ(VersionOf("cancer"), "1.0.0");
  EXPECT_EQ(VersionOf("cancer@production"), "1.0.0");
  EXPECT_EQ(VersionOf(""), "1.0.0") << "the only model needs no name";
}

TEST_F(RoutingViewTest, ReleasesWhatIsNoLongerServedWhenItFollows) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  view_.Follow();
  const std::weak_ptr<const servable::Servable> lease = **view_.Resolve("cancer");
  source_.Drop("cancer");
  manager_.ReconcileOnce();
  EXPECT_FALSE(lease.expired());
  view_.Follow();
  manager_.ReconcileOnce();
  EXPECT_TRUE(lease.expired());
}

// A message about the table may be lost or late. The number is not.
TEST_F(RoutingViewTest, CatchesUpWithEveryTableThatItHasMissed) {
  source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
  manager_.ReconcileOnce();
  source_.Want("cancer", {"1.0.0", "2.0.0"}, {{"production", "2.0.0"}});
  manager_.ReconcileOnce();
  RoutingView other(manager_);
  view_.Follow();
  EXPECT_EQ(VersionOf("cancer"), "2.0.0");
  EXPECT_EQ((**other.Resolve("cancer"))->version.text(), "2.0.0");
  const RoutingTable* const table = &view_.table();
  view_.Follow();
  EXPECT_EQ(&view_.table(), table) << "nothing new is nothing to do";
}

}  // namespace
}  // namespace moorage::models

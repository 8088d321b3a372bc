#include "domain/serving/models/retired_servables.h"

#include <gtest/gtest.h>

#include <thread>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::models {
namespace {

// A session that reports its destruction.
class WatchedSession : public runtime::FakeSession {
 public:
  WatchedSession(runtime::FakeScript& script, bool& gone) : FakeSession(script, 3), gone_(gone) {}
  ~WatchedSession() override { gone_ = true; }

 private:
  bool& gone_;
};

class RetiredServablesTest : public testing::Test {
 protected:
  servable::ServableHandle Lease() {
    return retired_->Lease(std::make_unique<servable::Servable>(
        servable::Servable{.name = model::ModelName("cancer"),
                           .version = *model::SemVer::Parse("1.0.0"),
                           .digest = {},
                           .manifest = servable::FakeManifest(),
                           .session = std::make_unique<WatchedSession>(script_, gone_),
                           .layout = rows::RowLayout::Make(servable::FakeManifest()),

                           .reader = rows::PredictionReader::Make(servable::FakeManifest()),
                           .batchable = true,
                           .cost = {},
                           .id = 1}));
  }

  runtime::FakeScript script_;
  bool gone_ = false;
  std::shared_ptr<RetiredServables> retired_ = std::make_shared<RetiredServables>();
};

TEST_F(RetiredServablesTest, KeepsAVersionFromItsLastLeaseUntilItIsTaken) {
  servable::ServableHandle lease = Lease();
  servable::ServableHandle second = lease;
  lease.reset();
  EXPECT_TRUE(retired_->Take().empty());
  std::thread([&second] { second.reset(); }).join();
  EXPECT_FALSE(gone_) << "the thread that held the last lease took the session apart";
  auto taken = retired_->Take();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0]->name.value(), "cancer");
  taken.clear();
  EXPECT_TRUE(gone_);
  EXPECT_TRUE(retired_->Take().empty());
}

TEST_F(RetiredServablesTest, ClosedItTakesApartWhatItHoldsAndWhatComesLater) {
  Lease().reset();
  retired_->Close();
  EXPECT_TRUE(gone_);
  gone_ = false;
  Lease().reset();
  EXPECT_TRUE(gone_);
}

TEST_F(RetiredServablesTest, OutlivesItsOwnerWhileALeaseLives) {
  const servable::ServableHandle lease = Lease();
  retired_.reset();
  EXPECT_EQ(lease->version.text(), "1.0.0");
  EXPECT_FALSE(gone_);
}

TEST_F(RetiredServablesTest, ReportsEachVersionThatIsRetiredUntilItIsClosed) {
  int reports = 0;
  retired_ = std::make_shared<RetiredServables>([&reports] { ++reports; });
  Lease().reset();
  EXPECT_EQ(reports, 1);
  retired_->Close();
  Lease().reset();
  EXPECT_EQ(reports, 1);
}

}  // namespace
}  // namespace moorage::models

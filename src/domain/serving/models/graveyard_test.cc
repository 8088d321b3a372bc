#include "domain/serving/models/graveyard.h"

#include <gtest/gtest.h>

#include <thread>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::models {
namespace {

// A session that says when it is taken apart.
class MournedSession : public runtime::FakeSession {
 public:
  MournedSession(runtime::FakeScript& script, bool& gone) : FakeSession(script, 3), gone_(gone) {}
  ~MournedSession() override { gone_ = true; }

 private:
  bool& gone_;
};

class GraveyardTest : public testing::Test {
 protected:
  servable::ServableHandle Lease() {
    return graveyard_->Lease(std::make_unique<servable::Servable>(
        servable::Servable{.name = model::ModelName("cancer"),
                           .version = *model::SemVer::Parse("1.0.0"),
                           .digest = {},
                           .manifest = servable::FakeManifest(),
                           .session = std::make_unique<MournedSession>(script_, gone_),
                           .layout = rows::RowLayout::Make(servable::FakeManifest()),

                           .reader = rows::PredictionReader::Make(servable::FakeManifest()),
                           .batchable = true,
                           .cost = {},
                           .id = 1}));
  }

  runtime::FakeScript script_;
  bool gone_ = false;
  std::shared_ptr<Graveyard> graveyard_ = std::make_shared<Graveyard>();
};

TEST_F(GraveyardTest, KeepsAVersionFromItsLastLeaseUntilItIsTaken) {
  servable::ServableHandle lease = Lease();
  servable::ServableHandle second = lease;
  lease.reset();
  EXPECT_TRUE(graveyard_->Take().empty());
  std::thread([&second] { second.reset(); }).join();
  EXPECT_FALSE(gone_) << "the thread that held the last lease took the session apart";
  auto dead = graveyard_->Take();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0]->name.value(), "cancer");
  dead.clear();
  EXPECT_TRUE(gone_);
  EXPECT_TRUE(graveyard_->Take().empty());
}

TEST_F(GraveyardTest, ClosedItTakesApartWhatItHoldsAndWhatComesLater) {
  Lease().reset();
  graveyard_->Close();
  EXPECT_TRUE(gone_);
  gone_ = false;
  Lease().reset();
  EXPECT_TRUE(gone_);
}

TEST_F(GraveyardTest, OutlivesItsOwnerWhileALeaseLives) {
  const servable::ServableHandle lease = Lease();
  graveyard_.reset();
  EXPECT_EQ(lease->version.text(), "1.0.0");
  EXPECT_FALSE(gone_);
}

}  // namespace
}  // namespace moorage::models

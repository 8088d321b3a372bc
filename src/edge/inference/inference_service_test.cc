#include "edge/inference/inference_service.h"

#include <gtest/gtest.h>

#include "edge/inference/testing/protocol_rig.h"

namespace moorage::inference {
namespace {

class InferenceServiceTest : public testing::Test {
 protected:
  // The version of a reference, or why there is none.
  std::string Resolved(std::string_view ref) {
    const auto found = rig_.service().Resolve(ref);
    if (!found.ok()) return found.error().message;
    return (**found)->name.value() + "@" + (**found)->version.text();
  }

  ProtocolRig rig_;
};

TEST_F(InferenceServiceTest, ResolvesANameAnAliasOrAVersion) {
  rig_.Serve("cancer", {"1.0.0", "1.2.0"}).Serve("wine", {"3.0.0"});
  EXPECT_EQ(Resolved("cancer"), "cancer@1.2.0");
  EXPECT_EQ(Resolved("cancer@production"), "cancer@1.2.0");
  EXPECT_EQ(Resolved("cancer@1.0.0"), "cancer@1.0.0");
  EXPECT_EQ(Resolved("wine"), "wine@3.0.0");
}

TEST_F(InferenceServiceTest, TakesTheOnlyModelWhereNoneIsNamed) {
  rig_.Serve("cancer", {"1.0.0"});
  EXPECT_EQ(Resolved(""), "cancer@1.0.0");
  rig_.Serve("wine", {"3.0.0"});
  EXPECT_NE(Resolved("").find("name one"), std::string::npos) << Resolved("");
}

TEST_F(InferenceServiceTest, NamesWhatIsServedWhereAReferenceIsUnknown) {
  rig_.Serve("cancer", {"1.0.0"});
  EXPECT_NE(Resolved("cancre").find("'cancer'"), std::string::npos) << Resolved("cancre");
  EXPECT_NE(Resolved("cancer@9.0.0").find("1.0.0"), std::string::npos) << Resolved("cancer@9.0.0");
  EXPECT_NE(Resolved("cancer@staging").find("production"), std::string::npos)
      << Resolved("cancer@staging");
}

TEST_F(InferenceServiceTest, ARequestMeetsTheVersionThatWasPromotedBeforeIt) {
  rig_.Serve("cancer", {"1.0.0"});
  rig_.source().Want("cancer", {"1.0.0", "2.0.0"}, {{"production", "2.0.0"}});
  rig_.manager().ReconcileOnce();
  // Without a message to the reactor, which may be in the middle of a tick.
  EXPECT_EQ(Resolved("cancer"), "cancer@2.0.0");
}

TEST_F(InferenceServiceTest, ReleasesWhatIsNoLongerServedWhenItIsRefreshed) {
  rig_.Serve("cancer", {"1.0.0"});
  const std::weak_ptr<const servable::Servable> lease = **rig_.service().Resolve("cancer");
  rig_.source().Drop("cancer");
  rig_.Reconcile();
  rig_.manager().ReconcileOnce();
  EXPECT_TRUE(lease.expired());
}

TEST_F(InferenceServiceTest, EachCallHasATicketAndAClientThatGoesAwayLateIsNoError) {
  api::FakeExchange call(api::Method::kPost, "/predict");
  const lane::SubmitOptions options = rig_.service().OptionsOf(call);
  EXPECT_NE(options.ticket, 0U);
  EXPECT_NE(rig_.service().OptionsOf(call).ticket, options.ticket);
  call.Disconnect();
  EXPECT_EQ(rig_.lane().in_flight(), 0U);
}

TEST_F(InferenceServiceTest, TellsConnectionsApart) {
  model::CallContext first;
  model::CallContext second;
  first.peer = "192.0.2.1:1000";
  second.peer = "192.0.2.1:1001";
  EXPECT_NE(ClientOf(first), ClientOf(second));
  second.peer = first.peer;
  EXPECT_EQ(ClientOf(first), ClientOf(second));
}

}  // namespace
}  // namespace moorage::inference

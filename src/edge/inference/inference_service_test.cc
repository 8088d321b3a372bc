#include "edge/inference/inference_service.h"

#include <gtest/gtest.h>

#include "edge/inference/testing/protocol_rig.h"

namespace moorage::inference {
namespace {

class InferenceServiceTest : public testing::Test {
 protected:
  // The version that a reference leads to, or why there is none.
  std::string Led(std::string_view ref) {
    const auto found = rig_.service().Resolve(ref);
    if (!found.ok()) return found.error().message;
    return (**found)->name.value() + "@" + (**found)->version.text();
  }

  ProtocolRig rig_;
};

TEST_F(InferenceServiceTest, LeadsByNameAliasOrVersion) {
  rig_.Serve("cancer", {"1.0.0", "1.2.0"}).Serve("wine", {"3.0.0"});
  EXPECT_EQ(Led("cancer"), "cancer@1.2.0");
  EXPECT_EQ(Led("cancer@production"), "cancer@1.2.0");
  EXPECT_EQ(Led("cancer@1.0.0"), "cancer@1.0.0");
  EXPECT_EQ(Led("wine"), "wine@3.0.0");
}

TEST_F(InferenceServiceTest, LeadsToTheOnlyModelWhereNoneIsNamed) {
  rig_.Serve("cancer", {"1.0.0"});
  EXPECT_EQ(Led(""), "cancer@1.0.0");
  rig_.Serve("wine", {"3.0.0"});
  EXPECT_NE(Led("").find("name one"), std::string::npos) << Led("");
}

TEST_F(InferenceServiceTest, SaysWhatIsServedWhereAReferenceLeadsNowhere) {
  rig_.Serve("cancer", {"1.0.0"});
  EXPECT_NE(Led("cancre").find("'cancer'"), std::string::npos) << Led("cancre");
  EXPECT_NE(Led("cancer@9.0.0").find("1.0.0"), std::string::npos) << Led("cancer@9.0.0");
  EXPECT_NE(Led("cancer@staging").find("production"), std::string::npos) << Led("cancer@staging");
}

TEST_F(InferenceServiceTest, MeetsANewTableWhenItIsRefreshedAndNotBefore) {
  rig_.Serve("cancer", {"1.0.0"});
  rig_.source().Want("cancer", {"1.0.0", "2.0.0"}, {{"production", "2.0.0"}});
  rig_.manager().ReconcileOnce();
  EXPECT_EQ(Led("cancer"), "cancer@1.0.0") << "a tick sees one table";
  rig_.service().Refresh();
  EXPECT_EQ(Led("cancer"), "cancer@2.0.0");
}

TEST_F(InferenceServiceTest, LetsGoOfWhatIsServedNoMoreWhenItIsRefreshed) {
  rig_.Serve("cancer", {"1.0.0"});
  const std::weak_ptr<const servable::Servable> lease = **rig_.service().Resolve("cancer");
  rig_.source().Drop("cancer");
  rig_.Reconcile();
  rig_.manager().ReconcileOnce();
  EXPECT_TRUE(lease.expired());
}

}  // namespace
}  // namespace moorage::inference

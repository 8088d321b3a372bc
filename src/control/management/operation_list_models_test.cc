#include "control/management/operation_list_models.h"

#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"
#include "control/management/testing/sample_records.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

class ListModelsOperation : public ManagementFixture {};

TEST_F(ListModelsOperation, ListsModelsAndSaysWhatIsMissing) {
  EXPECT_TRUE(Body(Call(kListModels))["models"].empty());
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(Push("wine", ExampleParts("wine")).ok());
  const Json models = Body(Call(kListModels))["models"];
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0]["name"], "cancer");
  EXPECT_EQ(models[0]["aliases"][0]["version"], "1.0.0");
  EXPECT_EQ(models[1]["latest"], "1.0.0");
  EXPECT_TRUE(models[1]["aliases"].empty());
  for (const auto& reply :
       {ShowModel("lung"), ShowVersion("cancer", "9.9.9"), ShowVersion("cancer", "canary")}) {
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code, Code::kNotFound) << reply.error().message;
  }
}

TEST(ModelsDocument, ModelsAreListedUnderTheirSummaries) {
  EXPECT_EQ(ModelsDocument({}), JsonOf(R"({"models": []})"));
  EXPECT_EQ(ModelsDocument({ASummary()})["models"], Json::array({JsonObject(kSummaryMembers)}));
}

}  // namespace
}  // namespace moorage::management

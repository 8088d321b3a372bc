#include "control/predict/predict_once.h"

#include <gtest/gtest.h>

#include "control/testing/registry_fixture.h"

// Answers and refusals are tested beside the operation
// (control/management/operation_predict_test.cc).
namespace moorage::control {
namespace {

class PredictOnceTest : public RegistryFixture {};

TEST_F(PredictOnceTest, AnswersOneResultForEachRow) {
  ASSERT_TRUE(PushVersion("m", BareFiles(TestModel("identity_int64.onnx"))).ok());
  PredictOnce predict(
      {.registry = *registry_, .backend = backend(), .clock = clock_, .random = random()});
  for (int call = 0; call < 2; ++call) {
    const auto answer = predict.Run(Ref("m@1.0.0"), json::Json::parse("[[1, 2, 3], [4, 5, 6]]"));
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ((*answer)["version"], "1.0.0");
    EXPECT_EQ((*answer)["outputs"].size(), 2U);
  }
}

TEST_F(PredictOnceTest, SaysWhichModelIsMissing) {
  PredictOnce predict(
      {.registry = *registry_, .backend = backend(), .clock = clock_, .random = random()});
  EXPECT_EQ(predict.Run(Ref("lung"), json::Json::array()).error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace moorage::control

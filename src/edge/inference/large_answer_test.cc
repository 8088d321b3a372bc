#include "edge/inference/large_answer.h"

#include <gtest/gtest.h>

#include <string>

#include "edge/inference/oip/oip_handler.h"
#include "edge/inference/simple/predict_handler.h"
#include "edge/inference/testing/protocol_rig.h"

namespace moorage::inference {
namespace {

// One number gives a row of so many, which the signature does not say.
model::Manifest OpenWidth() {
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "input", .type = model::DataType::kFp32, .shape = {-1, 1}}};
  manifest.signature.outputs = {{.name = "y", .type = model::DataType::kFp32, .shape = {-1, -1}}};
  manifest.task = model::Task::kOther;
  return manifest;
}

std::vector<model::Tensor> Wide(std::span<const model::TensorView> inputs) {
  constexpr std::size_t kWidth = 20000;
  const auto rows = static_cast<std::size_t>(inputs[0].shape[0]);
  return {{.type = model::DataType::kFp32,
           .shape = {inputs[0].shape[0], kWidth},
           .bytes = std::vector<std::byte>(rows * kWidth * sizeof(float)),
           .strings = {}}};
}

TEST(LargeAnswer, IsWrittenElsewhereAndSentWhole) {
  ProtocolRig rig(OpenWidth(), Wide);
  rig.Serve("wide", {"1.0.0"});
  OipHandler handler(OipHandler::Call::kInfer, rig.service(), "0.1.0");
  api::FakeExchange call(api::Method::kPost, "/v2",
                         R"({"id":"a","inputs":[{"name":"input","datatype":"FP32","shape":[1,1],)"
                         R"("data":[1]}]})");
  rig.AskAndWait(handler, call.WithParameter("name", "wide"));
  ASSERT_EQ(call.status(), 200) << call.body();
  EXPECT_TRUE(call.body().starts_with(
      R"({"model_name":"wide","model_version":"1.0.0","id":"a","outputs":[{"name":"y","shape":[1,20000],)"))
      << call.body().substr(0, 200);
  EXPECT_TRUE(call.body().ends_with("0,0]}]}"));
  EXPECT_EQ(call.facts().rows, 1U);
}

TEST(LargeAnswer, IsNotRefusedAfterTheRun) {
  ProtocolRig rig(OpenWidth(), Wide, {.max_concurrent_requests = 1});
  rig.Serve("wide", {"1.0.0"});
  PredictHandler handler(PredictionForm::kV2, rig.service());
  api::FakeExchange call(api::Method::kPost, "/api/v2/predict", "[[1]]");
  rig.AskAndWait(handler, call);
  EXPECT_EQ(call.status(), 200) << call.body().substr(0, 300);
}

TEST(LargeAnswer, OfRowsIsWrittenInTheSimpleFormToo) {
  ProtocolRig rig(OpenWidth(), Wide);
  rig.Serve("wide", {"1.0.0"});
  PredictHandler handler(PredictionForm::kV2, rig.service());
  api::FakeExchange call(api::Method::kPost, "/api/v2/predict", "[[1],[2]]");
  rig.AskAndWait(handler, call);
  ASSERT_EQ(call.status(), 200) << call.body().substr(0, 300);
  EXPECT_GT(call.body().size(), 2U * 2U * 20000U);
  EXPECT_NE(call.body().find(R"("request_id":"test-request")"), std::string::npos);
}

TEST(LargeAnswer, CopiesTheRowsOfItsRequestAlone) {
  std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const model::Shape shape{3, 2};
  const model::TensorView view{.type = model::DataType::kFp32,
                               .shape = shape,
                               .bytes = std::as_bytes(std::span(values)),
                               .strings = {}};
  const lane::InferAnswer answer{.outputs = {&view, 1}, .first_row = 1, .rows = 1};
  EXPECT_EQ(LargeAnswer::BytesOf(answer), 2 * sizeof(float));
  EXPECT_FALSE(IsLarge(answer));
}

}  // namespace
}  // namespace moorage::inference

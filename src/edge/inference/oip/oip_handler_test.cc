#include "edge/inference/oip/oip_handler.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "edge/inference/testing/protocol_rig.h"
#include "foundation/json/json.h"

namespace moorage::inference {
namespace {

using Call = OipHandler::Call;
using model::DataType;

// A model that answers its one input.
model::Manifest Echo(DataType type, const model::Shape& shape) {
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "x", .type = type, .shape = shape}};
  manifest.signature.outputs = {{.name = "y", .type = type, .shape = shape}};
  return manifest;
}

std::string Body(std::string_view type, std::string_view shape, std::string_view data) {
  return R"({"inputs":[{"name":"x","datatype":")" + std::string(type) + R"(","shape":)" +
         std::string(shape) + R"(,"data":)" + std::string(data) + "}]}";
}

std::string Echoed(DataType type, const model::Shape& spec, std::string_view shape,
                   std::string_view data) {
  ProtocolRig rig(Echo(type, spec), TensorFunction());
  rig.Serve("echo", {"1.0.0"});
  OipHandler handler(Call::kInfer, rig.service(), "0.1.0");
  api::FakeExchange call(api::Method::kPost, "/v2/models/echo/infer",
                         Body(model::Name(type), shape, data));
  rig.Ask(handler, call.WithParameter("name", "echo"));
  EXPECT_EQ(call.status(), 200) << call.body();
  constexpr std::string_view kBefore =
      R"({"model_name":"echo","model_version":"1.0.0","outputs":[{"name":"y","shape":)";
  EXPECT_TRUE(call.body().starts_with(kBefore)) << call.body();
  return call.body().substr(std::min(kBefore.size(), call.body().size()));
}

struct Asked {
  int status = 0;
  std::string body;
};

Asked Ask(ProtocolRig& rig, Call what, std::string_view name, std::string_view version = {},
          std::string_view body = {}) {
  OipHandler handler(what, rig.service(), "0.1.0");
  api::FakeExchange call(what == Call::kInfer ? api::Method::kPost : api::Method::kGet, "/v2",
                         body);
  if (!name.empty()) call.WithParameter("name", name);
  if (!version.empty()) call.WithParameter("version", version);
  rig.Ask(handler, call);
  return {call.status(), call.body()};
}

constexpr std::string_view kTwoRows =
    R"({"id":"42","inputs":[{"name":"input","datatype":"FP32","shape":[2,3],)"
    R"("data":[1,0.5,0.75,0,0,0]}]})";

TEST(OipHandler, InfersFromTensorsAndEchoesTheId) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0", "1.2.0"});
  const Asked answer = Ask(rig, Call::kInfer, "cancer", {}, kTwoRows);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"model_name":"cancer","model_version":"1.2.0","id":"42","outputs":[)"
            R"({"name":"label","shape":[2],"datatype":"INT64","data":[1,0]},)"
            R"({"name":"probabilities","shape":[2,2],"datatype":"FP32","data":[0.25,0.75,1,0]}]})");
}

TEST(OipHandler, AnswersTheVersionInThePathAndTheOutputsAskedFor) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0", "1.2.0"});
  const Asked answer = Ask(rig, Call::kInfer, "cancer", "1.0.0",
                           R"({"inputs":[{"name":"input","datatype":"FP32","shape":[1,3],)"
                           R"("data":[[0,0,0]]}],"outputs":[{"name":"label"}]})");
  EXPECT_EQ(answer.body, R"({"model_name":"cancer","model_version":"1.0.0","outputs":[)"
                         R"({"name":"label","shape":[1],"datatype":"INT64","data":[0]}]})");
}

TEST(OipHandler, GivesEachOfSeveralRequestsOfATickItsOwnRows) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  OipHandler handler(Call::kInfer, rig.service(), "0.1.0");
  api::FakeExchange first(api::Method::kPost, "/v2", kTwoRows);
  api::FakeExchange second(api::Method::kPost, "/v2",
                           R"({"inputs":[{"name":"input","datatype":"FP32","shape":[1,3],)"
                           R"("data":[0.5,0.5,0.5]}]})");
  first.WithParameter("name", "cancer").Give(handler);
  second.WithParameter("name", "cancer").Give(handler);
  rig.lane().EndTick();
  EXPECT_NE(first.body().find(R"("data":[0.25,0.75,1,0])"), std::string::npos) << first.body();
  EXPECT_NE(second.body().find(R"("shape":[1,2],"datatype":"FP32","data":[0.5,0.5])"),
            std::string::npos)
      << second.body();
}

TEST(OipHandler, CarriesEveryDatatypeThereAndBack) {
  EXPECT_EQ(Echoed(DataType::kBool, {-1}, "[2]", "[true,false]"),
            R"([2],"datatype":"BOOL","data":[true,false]}]})");
  EXPECT_EQ(Echoed(DataType::kUint8, {-1}, "[1]", "[255]"),
            R"([1],"datatype":"UINT8","data":[255]}]})");
  EXPECT_EQ(Echoed(DataType::kInt8, {-1}, "[1]", "[-128]"),
            R"([1],"datatype":"INT8","data":[-128]}]})");
  EXPECT_EQ(Echoed(DataType::kInt64, {-1}, "[2]", "[-9223372036854775808,9223372036854775807]"),
            R"([2],"datatype":"INT64","data":[-9223372036854775808,9223372036854775807]}]})");
  EXPECT_EQ(Echoed(DataType::kUint64, {-1}, "[1]", "[18446744073709551615]"),
            R"([1],"datatype":"UINT64","data":[18446744073709551615]}]})");
  EXPECT_EQ(Echoed(DataType::kFp16, {-1}, "[2]", "[0.5,65504]"),
            R"([2],"datatype":"FP16","data":[0.5,65504]}]})");
  EXPECT_EQ(Echoed(DataType::kBf16, {-1}, "[2]", "[0.5,-2.5]"),
            R"([2],"datatype":"BF16","data":[0.5,-2.5]}]})");
  EXPECT_EQ(Echoed(DataType::kFp32, {-1}, "[2]", "[0.1,-1.5]"),
            R"([2],"datatype":"FP32","data":[0.1,-1.5]}]})");
  EXPECT_EQ(Echoed(DataType::kFp64, {-1}, "[1]", "[0.30000000000000004]"),
            R"([1],"datatype":"FP64","data":[0.30000000000000004]}]})");
  EXPECT_EQ(Echoed(DataType::kBytes, {-1}, "[2]", R"(["a\u0000\"","é"])"),
            R"([2],"datatype":"BYTES","data":["a\u0000\"","é"]}]})");
}

TEST(OipHandler, CarriesNonFiniteNumbersZeroElementsAndScalars) {
  EXPECT_EQ(Echoed(DataType::kFp32, {-1}, "[3]", "[NaN,Infinity,-Infinity]"),
            R"([3],"datatype":"FP32","data":[NaN,Infinity,-Infinity]}]})");
  EXPECT_EQ(Echoed(DataType::kFp64, {-1, 30}, "[0,30]", "[]"),
            R"([0,30],"datatype":"FP64","data":[]}]})");
  EXPECT_EQ(Echoed(DataType::kFp32, {}, "[]", "[2.5]"), R"([],"datatype":"FP32","data":[2.5]}]})");
}

TEST(OipHandler, AnswersNotFoundAndInvalidWithTheOneErrorForm) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  for (const Call what : {Call::kInfer, Call::kModel, Call::kModelReady}) {
    EXPECT_EQ(Ask(rig, what, "beer").status, 404);
    EXPECT_EQ(Ask(rig, what, "cancer", "9.0.0").status, 404);
  }
  const Asked bad = Ask(rig, Call::kInfer, "cancer", {}, R"({"inputs":[{"name":"x"}]})");
  EXPECT_EQ(bad.status, 400);
  const auto body = json::ParseJson(bad.body);
  ASSERT_TRUE(body.ok());
  EXPECT_TRUE((*body)["error"].is_string());
  EXPECT_EQ((*body)["details"][0]["path"], "inputs[0].name");
}

// Asks with a timeout of 2 ms, in a service that allows 30 s, and ends the tick after `waited`.
int StatusAfter(base::Duration waited, base::Duration allowed = std::chrono::seconds(30)) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  OipHandler handler(Call::kInfer, rig.service(), "0.1.0");
  api::FakeExchange call(api::Method::kPost, "/v2",
                         R"({"parameters":{"timeout":2000},)" + std::string(kTwoRows.substr(1)));
  call.facts().start = rig.clock().Monotonic();
  call.context().deadline = rig.clock().Monotonic() + allowed;
  call.WithParameter("name", "cancer").Give(handler);
  rig.clock().Advance(waited);
  rig.lane().EndTick();
  return call.status();
}

TEST(OipHandler, ObeysTheEarlierOfTheTimeoutOfTheRequestAndTheServer) {
  EXPECT_EQ(StatusAfter(std::chrono::milliseconds(1)), 200);
  EXPECT_EQ(StatusAfter(std::chrono::milliseconds(3)), 504);
  EXPECT_EQ(StatusAfter(std::chrono::milliseconds(1), std::chrono::microseconds(500)), 504);
}

TEST(OipHandler, RefusesAQueryThatItWouldIgnore) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  OipHandler handler(Call::kInfer, rig.service(), "0.1.0");
  api::FakeExchange call(api::Method::kPost, "/v2?timeout=1", kTwoRows);
  rig.Ask(handler, call.WithParameter("name", "cancer"));
  EXPECT_EQ(call.status(), 400);
  EXPECT_NE(call.body().find("'timeout'"), std::string::npos) << call.body();
}

TEST(OipHandler, AnswersTooManyRequestsWhenTheLaneIsFull) {
  ProtocolRig rig(servable::FakeManifest(), {.max_concurrent_requests = 1});
  rig.Serve("cancer", {"1.0.0"});
  OipHandler handler(Call::kInfer, rig.service(), "0.1.0");
  api::FakeExchange first(api::Method::kPost, "/v2", kTwoRows);
  api::FakeExchange second(api::Method::kPost, "/v2", kTwoRows);
  first.WithParameter("name", "cancer").Give(handler);
  second.WithParameter("name", "cancer").Give(handler);
  rig.lane().EndTick();
  EXPECT_EQ(first.status(), 200);
  EXPECT_EQ(second.status(), 429);
  EXPECT_EQ(second.AnswerHeader("Retry-After"), "1");
}

TEST(OipHandler, DescribesServerModelsAndReadiness) {
  ProtocolRig rig;
  EXPECT_EQ(Ask(rig, Call::kServer, {}).body,
            R"({"name":"moorage","version":"0.1.0","extensions":[]})");
  EXPECT_EQ(Ask(rig, Call::kModels, {}).body, R"({"models":[]})");
  rig.Serve("wine", {"1.0.0"}).Serve("cancer", {"1.0.0", "1.2.0"});
  EXPECT_EQ(Ask(rig, Call::kModels, {}).body, R"({"models":["cancer","wine"]})");
  EXPECT_EQ(Ask(rig, Call::kModelReady, "cancer", "1.0.0").body,
            R"({"name":"cancer","ready":true})");
  EXPECT_EQ(Ask(rig, Call::kModel, "cancer").body,
            R"({"name":"cancer","versions":["1.0.0","1.2.0"],"platform":"onnxruntime_onnx",)"
            R"("inputs":[{"name":"input","datatype":"FP32","shape":[-1,3]}],)"
            R"("outputs":[{"name":"label","datatype":"INT64","shape":[-1]},)"
            R"({"name":"probabilities","datatype":"FP32","shape":[-1,2]}]})");
}

}  // namespace
}  // namespace moorage::inference

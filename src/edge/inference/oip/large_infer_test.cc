#include "edge/inference/oip/large_infer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "edge/inference/oip/oip_handler.h"
#include "edge/inference/reactor_share.h"
#include "edge/inference/testing/fake_work_run.h"
#include "edge/inference/testing/protocol_rig.h"

namespace moorage::inference {
namespace {

std::string Infer(std::string_view data, std::string_view shape, std::string_view more = "") {
  return "{" + std::string(more) + R"("inputs":[{"name":"input","datatype":"FP32","shape":)" +
         std::string(shape) + R"(,"data":)" + std::string(data) + "}]}";
}

api::FakeExchange Posted(std::string_view body) {
  return api::FakeExchange(api::Method::kPost, "/v2", body);
}

const api::FakeExchange& Answered(ProtocolRig& rig, api::FakeExchange& call) {
  OipHandler handler(OipHandler::Call::kInfer, rig.service(), "0.1.0");
  return rig.AskAndWait(handler, call.WithParameter("name", "cancer"));
}

TEST(LargeInfer, AnswersAndRefusesAsTheReactorDoes) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  for (const std::string& body :
       {Infer("[1,0.5,0.75,0,0,0]", "[2,3]", R"("id":"a",)"), Infer("[[0,0,0]]", "[1,3]"),
        Infer("[]", "[0,3]"), Infer("[1,2]", "[1,3]"), Infer("[1,\"x\",2]", "[1,3]"),
        Infer("[1,2,3]", "[3]"), std::string("{}"), std::string("[]")}) {
    api::FakeExchange small = Posted(body);
    Answered(rig, small);
    api::FakeExchange large = Posted(body + std::string(kMostText, ' '));
    Answered(rig, large);
    EXPECT_EQ(large.status(), small.status()) << body;
    EXPECT_EQ(large.body(), small.body());
  }
}

TEST(LargeInfer, AnswersManyRows) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  std::string data = "[";
  for (int i = 0; i < 5000; ++i) data += "1,0,1,";
  data.back() = ']';
  api::FakeExchange call = Posted(Infer(data, "[5000,3]"));
  EXPECT_EQ(Answered(rig, call).status(), 200);
  EXPECT_NE(call.body().find(R"("shape":[5000,2])"), std::string::npos);
  EXPECT_EQ(call.facts().rows, 5000U);
}

TEST(LargeInfer, RunsTensorsThatAreNoRows) {
  model::Manifest manifest;
  manifest.signature.inputs = {
      {.name = "input", .type = model::DataType::kFp32, .shape = {-1, -1}}};
  manifest.signature.outputs = {{.name = "y", .type = model::DataType::kFp32, .shape = {-1, -1}}};
  ProtocolRig rig(manifest, TensorFunction());
  rig.Serve("cancer", {"1.0.0"});
  api::FakeExchange call = Posted(Infer("[1,2,3,4]", "[2,2]") + std::string(kMostText, ' '));
  EXPECT_EQ(Answered(rig, call).status(), 200) << call.body();
  EXPECT_NE(call.body().find(R"("shape":[2,2],"datatype":"FP32","data":[1,2,3,4])"),
            std::string::npos)
      << call.body();
}

TEST(LargeInfer, ObeysATimeoutWhereverItStands) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  const base::Instant start = rig.clock().Monotonic();
  const servable::ServableHandle model = **rig.service().Resolve("cancer");
  const auto work = [&](base::Duration waited) {
    LargeInfer call({.servable = model,
                     .body = OwnedText(R"({"inputs":[{"name":"input","datatype":"FP32",)"
                                       R"("shape":[1,3],"data":[0,0,0]}],)"
                                       R"("parameters":{"timeout":1000}})"),
                     .request_id = "id",
                     .clock = rig.clock()},
                    start);
    rig.clock().Advance(waited);
    FakeWorkRun run(model);
    return call.Work(run);
  };
  EXPECT_TRUE(work(std::chrono::microseconds(900)).ok());
  EXPECT_EQ(work(std::chrono::microseconds(900)).error().code, base::Code::kDeadline);
}

TEST(LargeInfer, ChargesItsTensorsToTheBudget) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  const servable::ServableHandle model = **rig.service().Resolve("cancer");
  std::string data = "[";
  for (int i = 0; i < 30000; ++i) data += "1,0,1,";
  data.back() = ']';
  for (const std::size_t limit : {std::size_t{100000}, std::size_t{64} << 20U}) {
    base::MemoryBudget budget(limit);
    {
      LargeInfer call({.servable = model,
                       .body = OwnedText(Infer(data, "[30000,3]")),
                       .request_id = "id",
                       .clock = rig.clock(),
                       .memory = &budget},
                      rig.clock().Monotonic());
      FakeWorkRun run(model);
      const auto worked = call.Work(run);
      EXPECT_EQ(worked.ok(), limit > 100000);
      EXPECT_TRUE(worked.ok() || worked.error().code == base::Code::kExhausted);
    }
    EXPECT_EQ(budget.used(), 0U);
  }
}

}  // namespace
}  // namespace moorage::inference

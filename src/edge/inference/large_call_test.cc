#include "edge/inference/large_call.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "edge/api/content_coding.h"
#include "edge/inference/testing/protocol_rig.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::inference {
namespace {

// Answers its own body.
class EchoCall : public LargeCall {
 public:
  using LargeCall::LargeCall;

 private:
  base::Status Answer(lane::WorkRun& run) override {
    RETURN_IF_ERROR(run.Wanted());
    if (body() == "fail") return base::Error{base::Code::kInvalid, "it failed"};
    json_.String(body());
    rows_ = 7;
    return {};
  }
};

class LargeCallTest : public testing::Test {
 protected:
  LargeCallTest() { rig_.Serve("cancer", {"1.0.0"}); }

  void Submit(api::FakeExchange& call) {
    const servable::ServableHandle model = **rig_.service().Resolve("cancer");
    api::ExchangeRef exchange = call.ref();
    auto origin = OriginOf(rig_.service(), *exchange, model);
    ASSERT_TRUE(origin.ok());
    EXPECT_EQ(origin->request_id, "test-request");
    SubmitLarge(rig_.service(), std::move(exchange),
                std::make_shared<EchoCall>(*std::move(origin)));
    call.Overwrite();
    rig_.lane().EndTick();
  }

  ProtocolRig rig_;
};

TEST_F(LargeCallTest, SendsWhatTheWorkWroteAndNotesItsRows) {
  api::FakeExchange call(api::Method::kPost, "/predict", "a body");
  Submit(call);
  rig_.Wait();
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.body(), R"("a body")") << "the body outlives the request's buffer";
  EXPECT_EQ(call.facts().rows, 7U);
}

TEST_F(LargeCallTest, CompressesALargeAnswerForAClientThatTakesIt) {
  const std::string body(300U << 10U, 'a');
  for (const bool takes : {true, false}) {
    api::FakeExchange call(api::Method::kPost, "/predict", body);
    if (takes) call.AcceptGzip();
    Submit(call);
    rig_.Wait();
    ASSERT_EQ(call.status(), 200);
    std::string text(call.body());
    if (takes) {
      EXPECT_LT(text.size(), body.size() / 20);
      api::Inflater inflater(api::ContentCoding::kGzip);
      json::ByteBuffer out;
      ASSERT_EQ(inflater.Go(call.body(), 1U << 20U, out), api::Inflater::Step::kDone);
      text = out.view();
    }
    EXPECT_EQ(text, '"' + body + '"') << takes;
  }
}

TEST_F(LargeCallTest, AnswersTheErrorOfTheWork) {
  api::FakeExchange call(api::Method::kPost, "/predict", "fail");
  Submit(call);
  rig_.Wait();
  EXPECT_EQ(call.status(), 400);
  EXPECT_NE(call.body().find("it failed"), std::string::npos);
}

TEST_F(LargeCallTest, IsDroppedWhenItsClientGoes) {
  api::FakeExchange call(api::Method::kPost, "/predict", "a body");
  Submit(call);
  call.Disconnect();
  rig_.Wait();
  EXPECT_TRUE(call.released());
}

TEST_F(LargeCallTest, IsRefusedWithoutMemoryForItsBody) {
  base::MemoryBudget budget(4);
  InferenceService service(rig_.lane(), rig_.manager(), rig_.clock(), &budget);
  api::FakeExchange call(api::Method::kPost, "/predict", "a body");
  const servable::ServableHandle model = **rig_.service().Resolve("cancer");
  const auto origin = OriginOf(service, call, model);
  ASSERT_FALSE(origin.ok());
  EXPECT_EQ(origin.error().code, base::Code::kExhausted);
}

}  // namespace
}  // namespace moorage::inference

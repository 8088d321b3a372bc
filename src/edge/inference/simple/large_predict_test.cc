#include "edge/inference/simple/large_predict.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "edge/inference/reactor_share.h"
#include "edge/inference/simple/predict_handler.h"
#include "edge/inference/testing/fake_work_run.h"
#include "edge/inference/testing/protocol_rig.h"
#include "foundation/json/json.h"

namespace moorage::inference {
namespace {

using Form = PredictionForm;

// The same text, made too large for a reactor.
std::string Padded(std::string_view text) {
  return std::string(text) + std::string(kMostText, ' ');
}

struct Reply {
  int status = 0;
  std::string body;
};

Reply AskForm(ProtocolRig& rig, Form form, std::string_view body) {
  PredictHandler handler(form, rig.service());
  api::FakeExchange call(api::Method::kPost, "/predict", body);
  rig.AskAndWait(handler, call);
  EXPECT_TRUE(call.released());
  return {call.status(), call.body()};
}

std::string ManyRows(std::size_t rows, std::string_view row) {
  std::string text = "[";
  for (std::size_t i = 0; i < rows; ++i) text.append(row).append(",");
  text.back() = ']';
  return text;
}

TEST(LargePredict, AnswersAndRefusesAsTheReactorDoes) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  for (const Form form : {Form::kPredict, Form::kV1, Form::kV2}) {
    for (const char* text : {R"({"features": [1, 0.5, 0.75]})", R"([[1, 0.5, 0.75], [0, 0, 0]])",
                             R"({"features": [1]})", R"([[1, 0.5, "x"], [0]])", R"([])",
                             R"({"features": [1, 0.5, 0.75)", R"(nul)"}) {
      const Reply small = AskForm(rig, form, text);
      const Reply large = AskForm(rig, form, Padded(text));
      EXPECT_EQ(large.status, small.status) << text;
      // A cut text ends elsewhere when blanks follow it.
      const bool cut = small.body.find("at byte") != std::string::npos;
      EXPECT_TRUE(cut || large.body == small.body) << large.body << small.body;
    }
  }
}

TEST(LargePredict, AnswersManyRowsThatAreNoLargeText) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  const std::string body = ManyRows(4000, "[1,0,1]");
  ASSERT_LT(body.size(), kMostText);
  const Reply reply = AskForm(rig, Form::kV2, body);
  ASSERT_EQ(reply.status, 200) << reply.body.substr(0, 300);
  const auto json = json::ParseJson(reply.body);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*json)["predictions"].size(), 4000U);
}

TEST(LargePredict, RefusesMoreRowsThanARequestMayHold) {
  ProtocolRig rig(servable::FakeManifest(), {.max_rows_per_request = 3000});
  rig.Serve("cancer", {"1.0.0"});
  const Reply reply = AskForm(rig, Form::kV2, ManyRows(4000, "[1,0,1]"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_NE(reply.body.find("more than 3000 rows in one request"), std::string::npos);
}

TEST(LargePredict, NotesItsRowsAndItsVersion) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV2, rig.service());
  api::FakeExchange call(api::Method::kPost, "/predict", Padded("[[1,0,1],[0,0,0]]"));
  rig.AskAndWait(handler, call);
  EXPECT_EQ(call.facts().rows, 2U);
  EXPECT_EQ(call.facts().model->version, "1.0.0");
}

class LargePredictWork : public testing::Test {
 protected:
  LargePredictWork() { rig_.Serve("cancer", {"1.0.0"}); }

  std::shared_ptr<LargePredict> Make(std::string body, base::MemoryBudget* memory = nullptr) {
    return std::make_shared<LargePredict>(LargeCall::Origin{.servable = Model(),
                                                            .body = OwnedText(std::move(body)),
                                                            .request_id = "id",
                                                            .clock = rig_.clock(),
                                                            .memory = memory},
                                          Form::kV2, 65536);
  }
  servable::ServableHandle Model() { return **rig_.service().Resolve("cancer"); }

  ProtocolRig rig_;
};

TEST_F(LargePredictWork, StopsDecodingWhenNoClientWaits) {
  const auto call = Make(ManyRows(4000, "[1,0,1]"));
  FakeWorkRun run(Model());
  run.LoseClientAt(3);
  const auto worked = call->Work(run);
  ASSERT_FALSE(worked.ok());
  EXPECT_EQ(worked.error().code, base::Code::kCancelled);
  EXPECT_EQ(run.runs(), 0U);
  EXPECT_EQ(call->body(), "") << "its memory is returned";
}

TEST_F(LargePredictWork, StopsWritingWhenNoClientWaits) {
  const auto call = Make(ManyRows(4000, "[1,0,1]"));
  FakeWorkRun run(Model());
  run.LoseClientAt(20);
  EXPECT_EQ(call->Work(run).error().code, base::Code::kCancelled);
  EXPECT_EQ(run.runs(), 1U);
}

TEST_F(LargePredictWork, ChargesRowsAndAnswerToTheBudget) {
  base::MemoryBudget large(std::size_t{64} << 20U);
  {
    const auto call = Make(ManyRows(4000, "[1,0,1]"), &large);
    FakeWorkRun run(Model());
    ASSERT_TRUE(call->Work(run).ok());
    EXPECT_GE(large.used(base::MemoryPurpose::kAnswers), call->answer().size());
    EXPECT_EQ(large.used(base::MemoryPurpose::kRows), 0U) << "the rows have run";
  }
  EXPECT_EQ(large.used(), 0U);
  for (const std::size_t limit : {std::size_t{10000}, std::size_t{200000}}) {
    base::MemoryBudget small(limit);
    const auto call = Make(ManyRows(4000, "[1,0,1]"), &small);
    FakeWorkRun run(Model());
    const auto worked = call->Work(run);
    ASSERT_FALSE(worked.ok());
    EXPECT_EQ(worked.error().code, base::Code::kExhausted);
  }
}

}  // namespace
}  // namespace moorage::inference

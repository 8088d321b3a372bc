#include "edge/management/management_handler.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "control/management/operations.h"
#include "edge/inference/testing/protocol_rig.h"

namespace moorage::management_http {
namespace {

// Keeps jobs until the test runs them.
class HeldJobs : public JobQueue {
 public:
  explicit HeldJobs(std::size_t room) : room_(room) {}
  bool TrySubmit(Job job) override {
    if (jobs_.size() == room_) return false;
    jobs_.push_back(std::move(job));
    return true;
  }
  void RunAll() {
    for (; !jobs_.empty(); jobs_.pop_front()) {
      const base::Status wanted = jobs_.front().cancel.token().Check();
      if (wanted.ok()) jobs_.front().run();
      if (!wanted.ok()) jobs_.front().refuse(wanted.error());
    }
  }
  // The process drains.
  void RefuseAll() {
    const base::Error error{base::Code::kUnavailable, "the server ends"};
    for (; !jobs_.empty(); jobs_.pop_front()) jobs_.front().refuse(error);
  }

 private:
  const std::size_t room_;
  std::deque<Job> jobs_;
};

class FakeManagement : public management::Management {
 public:
  base::Result<model::ApiReply> Handle(const model::ApiCall& call) override {
    calls.push_back(call);
    if (during) during();
    if (failure) return *failure;
    return model::ApiReply{.status = call.operation->verb == model::Verb::kPost ? 201 : 200,
                           .body = {{"done", true}}};
  }

  std::vector<model::ApiCall> calls;
  std::optional<base::Error> failure;
  std::function<void()> during;
};

class ManagementCalls : public testing::Test {
 protected:
  // Gives the call, runs its job and the reactor's next tick.
  void Ask(api::FakeExchange& call, const management::ManagementOperation& operation) {
    Work(call, operation);
    Turn();
  }
  // Gives the call and runs its job.
  void Work(api::FakeExchange& call, const management::ManagementOperation& operation) {
    auto handler = HandlerOf(operation);
    call.Give(handler);
    jobs_.RunAll();
  }
  ManagementHandler HandlerOf(const management::ManagementOperation& operation) {
    return {operation.row, {management_, rig_.manager(), jobs_, reactor_, memory_}};
  }
  // Once a test, because a reactor that has stopped runs no more.
  void Turn() {
    reactor_.Post([this] { reactor_.Stop(); });
    reactor_.Run();
  }

  inference::ProtocolRig rig_;
  FakeManagement management_;
  HeldJobs jobs_{1};
  base::MemoryBudget memory_{4U << 20U};
  net::Reactor reactor_{rig_.clock(), {}};
};

TEST_F(ManagementCalls, AnswerOnTheReactorWithWhatTheRegistrySays) {
  api::FakeExchange call(api::Method::kPost, "/api/v1/gc?x=a%20b+c&y=%C3%A9&z",
                         R"({"dry_run": true})");
  call.context().principal = "ann";
  auto handler = HandlerOf(management::kGc);
  call.Give(handler);
  EXPECT_FALSE(call.answered());
  jobs_.RunAll();
  EXPECT_FALSE(call.answered()) << "only the reactor's thread may answer";
  Turn();
  EXPECT_EQ(call.status(), 201);
  EXPECT_EQ(call.body(), R"({"done":true})");
  EXPECT_TRUE(call.released());
  ASSERT_EQ(management_.calls.size(), 1U);
  const model::ApiCall& seen = management_.calls[0];
  EXPECT_EQ(seen.operation, &management::kGc.row);
  EXPECT_TRUE(seen.parameters.empty());
  EXPECT_EQ(seen.query,
            (std::map<std::string, std::string>{{"x", "a b c"}, {"y", "\xC3\xA9"}, {"z", ""}}));
  EXPECT_EQ(seen.body, (json::Json{{"dry_run", true}}));
  EXPECT_EQ(seen.actor, "ann");
}

TEST_F(ManagementCalls, CarryThePartsOfAForm) {
  api::FakeExchange call(
      api::Method::kPost, "/api/v1/models/m/versions",
      "--B\r\nContent-Disposition: form-data; name=\"model\"; filename=\"m.onnx\""
      "\r\n\r\nbytes\r\n--B--\r\n");
  call.WithHeader("Content-Type", "multipart/form-data; boundary=B").WithParameter("name", "m");
  Ask(call, management::kPush);
  EXPECT_EQ(management_.calls.at(0).Parameter("name"), "m");
  ASSERT_EQ(management_.calls.at(0).parts.size(), 1U);
  EXPECT_EQ(management_.calls[0].parts[0].bytes, "bytes");
  EXPECT_TRUE(management_.calls[0].body.is_null());
}

TEST_F(ManagementCalls, TakeHeadAndASlashAtTheEndForTheSameCall) {
  api::FakeExchange call(api::Method::kHead, "/api/v1/models/");
  Ask(call, management::kListModels);
  EXPECT_EQ(management_.calls.at(0).operation, &management::kListModels.row);
}

TEST_F(ManagementCalls, AnswerUnavailableAtOnceWhenTheQueueIsFull) {
  api::FakeExchange first(api::Method::kGet, "/api/v1/models");
  api::FakeExchange second(api::Method::kGet, "/api/v1/models");
  auto handler = HandlerOf(management::kListModels);
  first.Give(handler);
  second.Give(handler);
  EXPECT_EQ(second.status(), 503);
  EXPECT_EQ(second.AnswerHeader("Retry-After"), "1");
  EXPECT_TRUE(second.released());
  jobs_.RunAll();
  Turn();
  EXPECT_EQ(first.status(), 200);
}

TEST_F(ManagementCalls, PassErrorsOnInTheOneForm) {
  management_.failure = base::Error{base::Code::kNotFound, "model 'beer' is not registered"};
  api::FakeExchange call(api::Method::kGet, "/api/v1/models/beer");
  Ask(call, management::kShowModel);
  EXPECT_EQ(call.status(), 404);
  EXPECT_EQ(call.body(), R"({"error":"model 'beer' is not registered","code":"not_found",)"
                         R"("request_id":"test-request"})");
}

TEST_F(ManagementCalls, RefuseWhatCannotBeReadBeforeAnyWork) {
  std::deque<api::FakeExchange> calls;
  for (const auto& [target, body] : {std::pair{"/api/v1/gc?a=%", ""},
                                     {"/api/v1/gc?a=%4", ""},
                                     {"/api/v1/gc?a=%zz", ""},
                                     {"/api/v1/gc?a=1&a=2", ""},
                                     {"/api/v1/gc", "{"},
                                     {"/api/v1/gc", "model=x"}}) {
    Work(calls.emplace_back(api::Method::kPost, target, body), management::kGc);
  }
  auto& form = calls.emplace_back(api::Method::kPost, "/api/v1/models/m/versions", "no form");
  Work(form.WithHeader("Content-Type", "multipart/form-data; boundary=B"), management::kPush);
  Turn();
  for (std::size_t i = 0; i < calls.size(); ++i) EXPECT_EQ(calls[i].status(), 400) << i;
  EXPECT_TRUE(management_.calls.empty());
}

TEST_F(ManagementCalls, ReadTheBodyInTheJob) {
  api::FakeExchange call(api::Method::kPost, "/api/v1/gc", "{");
  auto handler = HandlerOf(management::kGc);
  call.Give(handler);
  EXPECT_FALSE(call.answered());
  jobs_.RunAll();
  Turn();
  EXPECT_EQ(call.status(), 400);
}

TEST_F(ManagementCalls, AreRefusedWhileTheMemoryForThemIsSpent) {
  auto handler = HandlerOf(management::kGc);
  const std::string body = "{\"dry_run\": true" + std::string(100'000, ' ') + "}";
  api::FakeExchange first(api::Method::kPost, "/api/v1/gc", body);
  first.Give(handler);
  EXPECT_GE(memory_.used(base::MemoryPurpose::kJobs), body.size());
  {
    const auto other = memory_.Take(memory_.limit() - memory_.used(), base::MemoryPurpose::kInput);
    api::FakeExchange second(api::Method::kPost, "/api/v1/gc", body);
    second.Give(handler);
    EXPECT_EQ(second.status(), 503);
    EXPECT_EQ(second.AnswerHeader("Retry-After"), "1");
  }
  jobs_.RunAll();
  Turn();
  EXPECT_EQ(first.status(), 201);
  EXPECT_EQ(memory_.used(), 0U) << "returned with the answer";
}

TEST_F(ManagementCalls, AreNotBegunForAClientThatHasGone) {
  api::FakeExchange call(api::Method::kPost, "/api/v1/gc");
  auto handler = HandlerOf(management::kGc);
  call.Give(handler);
  call.Disconnect();
  jobs_.RunAll();
  Turn();
  EXPECT_TRUE(management_.calls.empty());
  EXPECT_TRUE(call.released());
}

TEST_F(ManagementCalls, LearnThatTheirClientHasGoneWhileTheyRun) {
  api::FakeExchange call(api::Method::kPost, "/api/v1/gc");
  Work(call, management::kGc);
  EXPECT_EQ(management_.calls.at(0).cancel.reason(), base::CancelReason::kNone);
  api::FakeExchange gone(api::Method::kPost, "/api/v1/gc");
  management_.during = [&] { gone.Disconnect(); };
  Ask(gone, management::kGc);
  EXPECT_EQ(management_.calls.at(1).cancel.reason(), base::CancelReason::kClientGone);
}

TEST_F(ManagementCalls, AreAnsweredUnavailableWhenTheProcessDrains) {
  api::FakeExchange call(api::Method::kPost, "/api/v1/gc");
  auto handler = HandlerOf(management::kGc);
  call.Give(handler);
  jobs_.RefuseAll();
  Turn();
  EXPECT_EQ(call.status(), 503);
  EXPECT_TRUE(management_.calls.empty());
}

TEST_F(ManagementCalls, DoNoHarmWhenTheClientHasGone) {
  api::FakeExchange call(api::Method::kGet, "/api/v1/models");
  auto handler = HandlerOf(management::kListModels);
  call.Give(handler);
  call.Disconnect();
  jobs_.RunAll();
  Turn();
  EXPECT_TRUE(call.released());
}

}  // namespace
}  // namespace moorage::management_http

#include "edge/api/dispatcher.h"

#include <gtest/gtest.h>

#include <deque>

#include "edge/api/testing/fake_exchange.h"
#include "edge/api/testing/test_service.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/json/json.h"

namespace moorage::api {
namespace {

constexpr Operation kPredictRoute{.name = "predict",
                                  .method = Method::kPost,
                                  .path = "/api/v2/predict",
                                  .is_inference = true,
                                  .json_body = true};
constexpr Operation kNegotiated{
    .name = "negotiated", .method = Method::kPost, .path = "/api/predict"};
constexpr model::OperationRow kPromoteRow{
    .name = "promote", .path = "/api/v1/alias", .summary = "Point an alias"};
constexpr Operation kPromote{
    .name = "promote", .method = Method::kPost, .path = "/api/v1/alias", .row = &kPromoteRow};
constexpr Operation kHealthRoute{.name = "health", .method = Method::kGet, .path = "/health"};

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() : service_(clock_, {.timeout = std::chrono::seconds(5), .max_body = 16}) {
    for (const Operation& operation : {kPredictRoute, kNegotiated, kPromote, kHealthRoute}) {
      service_.On(operation, AnswerEcho);
    }
  }

  void Ask(FakeExchange& call) {
    call.context().request_id.clear();
    call.facts().start = clock_.Monotonic();
    service_.dispatcher().Dispatch(call.ref());
  }
  static std::string CodeOf(const FakeExchange& call) {
    const auto json = json::ParseJson(call.body());
    return json.ok() ? (*json)["code"].get<std::string>() : "not JSON: " + call.body();
  }

  base::FakeClock clock_;
  TestService service_;
};

TEST_F(DispatcherTest, HandsARequestToItsOperation) {
  FakeExchange call(Method::kPost, "/api/v2/predict?x=1", "{}");
  Ask(call);
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.body(), "POST /api/v2/predict ?x=1 {}");
  EXPECT_EQ(call.context().operation, "predict");
  EXPECT_EQ(call.facts().operation->name, "predict");
  EXPECT_EQ(call.context().deadline, clock_.Monotonic() + std::chrono::seconds(5));
  EXPECT_EQ(call.facts().payload, "{}");
}

TEST_F(DispatcherTest, GivesEveryRequestAnIdAndKeepsAFitOneOfTheCaller) {
  FakeExchange first(Method::kGet, "/health");
  FakeExchange second(Method::kGet, "/health");
  Ask(first);
  Ask(second);
  EXPECT_GE(first.context().request_id.size(), 14U);
  EXPECT_NE(first.context().request_id, second.context().request_id);

  FakeExchange own(Method::kGet, "/health");
  own.WithHeader("X-REQUEST-ID", "my-id/1");
  Ask(own);
  EXPECT_EQ(own.context().request_id, "my-id/1");

  FakeExchange bad(Method::kGet, "/health");
  bad.WithHeader("X-Request-Id", "with space");
  Ask(bad);
  EXPECT_NE(bad.context().request_id, "with space");
}

TEST_F(DispatcherTest, KeepsAValidTraceParentOnly) {
  constexpr std::string_view kValid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  FakeExchange good(Method::kGet, "/health");
  good.WithHeader("traceparent", kValid);
  Ask(good);
  EXPECT_EQ(good.context().traceparent, kValid);
  FakeExchange bad(Method::kGet, "/health");
  bad.WithHeader("traceparent", "00-0-0-0");
  Ask(bad);
  EXPECT_EQ(bad.context().traceparent, "");
}

TEST_F(DispatcherTest, AnswersUnknownPathsAndMethodsInTheOneErrorForm) {
  FakeExchange unknown(Method::kGet, "/no-such-path");
  Ask(unknown);
  EXPECT_EQ(unknown.status(), 404);
  EXPECT_EQ(CodeOf(unknown), "not_found");
  EXPECT_EQ((*json::ParseJson(unknown.body()))["request_id"], unknown.context().request_id);

  FakeExchange method(Method::kGet, "/api/v2/predict");
  Ask(method);
  EXPECT_EQ(method.status(), 405);
  EXPECT_EQ(method.AnswerHeader("Allow"), "POST");
  EXPECT_EQ(CodeOf(method), "invalid_argument");

  FakeExchange options(Method::kOptions, "/health");
  Ask(options);
  EXPECT_EQ(options.status(), 405);
  EXPECT_EQ(options.AnswerHeader("Allow"), "GET, HEAD");
}

TEST_F(DispatcherTest, NamesTheApiVersionOfEveryPathUnderApi) {
  FakeExchange two(Method::kPost, "/api/v2/predict", "{}");
  Ask(two);
  EXPECT_EQ(two.AnswerHeader("API-Version"), "v2");
  FakeExchange one(Method::kPost, "/api/predict", "{}");
  Ask(one);
  EXPECT_EQ(one.AnswerHeader("API-Version"), "v1");
  FakeExchange unknown(Method::kGet, "/api/v1/none");
  Ask(unknown);
  EXPECT_EQ(unknown.AnswerHeader("API-Version"), "v1");
  FakeExchange health(Method::kGet, "/health");
  Ask(health);
  EXPECT_EQ(health.AnswerHeader("API-Version"), std::nullopt);
}

TEST_F(DispatcherTest, TakesJsonOnlyWhereJsonIsMeant) {
  const auto status = [&](std::string_view type) {
    FakeExchange call(Method::kPost, "/api/v2/predict", "{}");
    call.WithHeader("Content-Type", type);
    Ask(call);
    return call.status();
  };
  EXPECT_EQ(status("application/json"), 200);
  EXPECT_EQ(status("application/json; charset=UTF-8"), 200);
  EXPECT_EQ(status("application/x-www-form-urlencoded"), 200) << "curl -d without a header";
  EXPECT_EQ(status("text/json"), 200);
  EXPECT_EQ(status("application/ld+json"), 200);
  EXPECT_EQ(status("text/plain"), 415);
  EXPECT_EQ(status("application/json; charset=latin1"), 415);
  FakeExchange none(Method::kPost, "/api/v2/predict", "{}");
  Ask(none);
  EXPECT_EQ(none.status(), 200);
  FakeExchange named(Method::kPost, "/api/v2/predict", "{}");
  named.WithHeader("Content-Type", "text/csv");
  Ask(named);
  EXPECT_NE(named.body().find("'text/csv'"), std::string::npos) << named.body();
  EXPECT_NE(named.body().find("Content-Type: application/json"), std::string::npos);
  FakeExchange other(Method::kPost, "/api/predict", "x");
  other.WithHeader("Content-Type", "text/csv");
  Ask(other);
  EXPECT_EQ(other.status(), 200);
}

TEST_F(DispatcherTest, ReadsForTheRegistryWhatIsJsonByNameOrAForm) {
  const auto status = [&](std::string_view type, std::string_view body) {
    FakeExchange call(Method::kPost, "/api/v1/alias", body);
    if (!type.empty()) call.WithHeader("Content-Type", type);
    Ask(call);
    if (call.status() == 415) {
      EXPECT_NE(call.body().find(type.empty() ? "no Content-Type" : type), std::string::npos);
      EXPECT_NE(call.body().find("Content-Type: application/json"), std::string::npos);
    }
    return call.status();
  };
  EXPECT_EQ(status("application/json", "{}"), 200);
  EXPECT_EQ(status("application/ld+json", "{}"), 200);
  EXPECT_EQ(status("multipart/form-data; boundary=x", "--x--"), 200);
  EXPECT_EQ(status("", ""), 200);
  EXPECT_EQ(status("text/plain", ""), 200) << "there is nothing to read";
  EXPECT_EQ(status("", "{}"), 415);
  EXPECT_EQ(status("text/plain", "{}"), 415);
  EXPECT_EQ(status("text/json", "{}"), 415);
  EXPECT_EQ(status("application/x-www-form-urlencoded", "{}"), 415);
}

TEST_F(DispatcherTest, NotesWhatWasAskedUnlessItIsAnInference) {
  FakeExchange health(Method::kGet, "/health?token=s3cret");
  Ask(health);
  EXPECT_EQ(health.facts().method, "GET");
  EXPECT_EQ(health.facts().path, "/health");
  FakeExchange unknown(Method::kPost, "/" + std::string(1000, 'x'));
  Ask(unknown);
  EXPECT_EQ(unknown.facts().method, "POST");
  EXPECT_EQ(unknown.facts().path, "/" + std::string(511, 'x'));
  FakeExchange unreadable(Method::kOther, "");
  service_.dispatcher().Reject(unreadable.ref(), 400, "no request line");
  EXPECT_EQ(unreadable.facts().method, "OTHER");
  FakeExchange predict(Method::kPost, "/api/v2/predict", "{}");
  Ask(predict);
  EXPECT_EQ(predict.facts().method, "");
  EXPECT_EQ(predict.facts().path, "");
}

TEST_F(DispatcherTest, CountsRequestsAndAnswersThatReachTheirClient) {
  FakeExchange call(Method::kGet, "/health");
  Ask(call);
  service_.dispatcher().Finished(call, 200, {});
  FakeExchange gone(Method::kGet, "/health");
  Ask(gone);
  service_.dispatcher().Finished(gone, 499, {});
  EXPECT_EQ(service_.dispatcher().dispatched(), 2U);
  EXPECT_EQ(service_.dispatcher().answered(), 1U);
}

TEST_F(DispatcherTest, JudgesAHeadBeforeItsBodyHasArrived) {
  const auto plan_of = [&](FakeExchange& call, const DeclaredBody& declared) {
    call.facts().start = clock_.Monotonic();
    ExchangeRef owner = call.ref();
    const BodyPlan plan = service_.dispatcher().Head(owner, declared);
    EXPECT_EQ(owner != nullptr, plan.kind == BodyPlan::Kind::kRead);
    return plan;
  };
  FakeExchange wrong(Method::kPost, "/no-such-path");
  EXPECT_EQ(plan_of(wrong, 10).kind, BodyPlan::Kind::kAnswered);
  EXPECT_EQ(wrong.status(), 404);
  FakeExchange method(Method::kPost, "/health");
  EXPECT_EQ(plan_of(method, std::nullopt).kind, BodyPlan::Kind::kAnswered);
  EXPECT_EQ(method.status(), 405);
  FakeExchange large(Method::kPost, "/api/v2/predict");
  EXPECT_EQ(plan_of(large, 17).kind, BodyPlan::Kind::kAnswered);
  EXPECT_EQ(large.status(), 413);
  EXPECT_EQ(large.context().operation, "predict");
}

TEST_F(DispatcherTest, HandlesAnAdmittedCallWhenItsBodyIsWhole) {
  FakeExchange call(Method::kPost, "/api/v2/predict", "{}");
  call.facts().start = clock_.Monotonic();
  ExchangeRef owner = call.ref();
  const BodyPlan plan = service_.dispatcher().Head(owner, 2);
  EXPECT_EQ(plan.kind, BodyPlan::Kind::kRead);
  EXPECT_EQ(plan.most, 16U);
  EXPECT_FALSE(call.answered());
  service_.dispatcher().Dispatch(std::move(owner));
  EXPECT_EQ(call.status(), 200);
}

TEST_F(DispatcherTest, LetsAHandlerRefuseAHeadByWhatItsPathNames) {
  class OfOneModel : public Handler {
   public:
    base::Status JudgeHead(const PathParameters& path) override {
      if (path.Get("name") == "cancer") return {};
      return base::Error{base::Code::kNotFound, "no such model"};
    }
    void Handle(ExchangeRef exchange, const PathParameters& /*path*/) override {
      exchange->Send({});
    }
  } handler;
  Router router;
  ASSERT_TRUE(
      router.Add({{.name = "infer", .method = Method::kPost, .path = "/m/{name}"}, &handler}).ok());
  FakeCallObserver observer;
  AllowAll allow_all;
  Dispatcher dispatcher({router, observer, allow_all, clock_, base::SystemRandom::Get()}, {});
  const auto plan_of = [&](FakeExchange& call) {
    ExchangeRef owner = call.ref();
    return dispatcher.Head(owner, 40U << 20U).kind;
  };
  FakeExchange unknown(Method::kPost, "/m/none");
  EXPECT_EQ(plan_of(unknown), BodyPlan::Kind::kAnswered);
  EXPECT_EQ(unknown.status(), 404);
  FakeExchange known(Method::kPost, "/m/cancer");
  EXPECT_EQ(plan_of(known), BodyPlan::Kind::kRead);
}

TEST_F(DispatcherTest, NamesAnUnknownMethodAsItCame) {
  FakeExchange brew(Method::kOther, "/health");
  brew.WithMethod("BREW");
  Ask(brew);
  EXPECT_EQ(brew.status(), 501);
  EXPECT_NE(brew.body().find("BREW"), std::string::npos) << brew.body();
  EXPECT_EQ(brew.facts().method, "BREW");
  FakeExchange trace(Method::kOther, "/health");
  trace.WithMethod("TRACE");
  Ask(trace);
  EXPECT_EQ(trace.status(), 405);
  EXPECT_EQ(trace.AnswerHeader("Allow"), "GET, HEAD");
}

TEST_F(DispatcherTest, AnswersTheOptionsOfTheWholeServer) {
  FakeExchange options(Method::kOptions, "*");
  Ask(options);
  EXPECT_EQ(options.status(), 200);
  EXPECT_EQ(options.body(), "");
  EXPECT_EQ(options.AnswerHeader("Allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(DispatcherTest, RefusesABodyAboveTheLimit) {
  FakeExchange call(Method::kPost, "/api/v2/predict", "12345678901234567");
  Ask(call);
  EXPECT_EQ(call.status(), 413);
}

class CrossOriginTest : public testing::Test {
 protected:
  CrossOriginTest() { service_.On(kPredictRoute, AnswerEcho); }

  FakeExchange& Ask(Method method, std::string_view origin) {
    FakeExchange& call = calls_.emplace_back(method, "/api/v2/predict", "{}");
    call.WithHeader("Origin", origin);
    if (method == Method::kOptions) {
      call.WithHeader("Access-Control-Request-Method", "POST");
      call.WithHeader("Access-Control-Request-Headers", "content-type");
    }
    service_.dispatcher().Dispatch(call.ref());
    return call;
  }

  base::FakeClock clock_;
  std::deque<FakeExchange> calls_;
  TestService service_{clock_, {.origins = AllowedOrigins({"https://app.example"})}};
};

TEST_F(CrossOriginTest, AnswersThePreflightOfAnAllowedPage) {
  const FakeExchange& asked = Ask(Method::kOptions, "https://app.example");
  EXPECT_EQ(asked.status(), 204);
  EXPECT_EQ(asked.AnswerHeader("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(asked.AnswerHeader("Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(asked.AnswerHeader("Access-Control-Allow-Headers"), "content-type");
  EXPECT_EQ(asked.AnswerHeader("Vary"), "Origin");
}

TEST_F(CrossOriginTest, LetsAnAllowedPageReadTheAnswer) {
  const FakeExchange& asked = Ask(Method::kPost, "https://app.example");
  EXPECT_EQ(asked.status(), 200);
  EXPECT_EQ(asked.AnswerHeader("Access-Control-Allow-Origin"), "https://app.example");
}

TEST_F(CrossOriginTest, GivesOtherPagesNothing) {
  const FakeExchange& asked = Ask(Method::kOptions, "https://other.example");
  EXPECT_EQ(asked.status(), 405);
  EXPECT_EQ(asked.AnswerHeader("Access-Control-Allow-Origin"), std::nullopt);
  const FakeExchange& post = Ask(Method::kPost, "https://other.example");
  EXPECT_EQ(post.AnswerHeader("Access-Control-Allow-Origin"), std::nullopt);
  EXPECT_EQ(post.AnswerHeader("Vary"), "Origin");
}

class ByApiKey : public Authenticator {
 public:
  std::optional<base::Status> Authenticate(AuthenticationRequest& asked) override {
    const auto key = asked.request().Find("x-api-key");
    if (!key.has_value()) return base::Error{base::Code::kUnauthenticated, "the key is missing"};
    asked.context().principal = *key;
    if (*key == "guest") return base::Error{base::Code::kDenied, "not for guests"};
    return base::Status();
  }
};

TEST_F(DispatcherTest, AsksTheAuthenticatorBeforeTheHandler) {
  Router router;
  int handled = 0;
  class Counter : public Handler {
   public:
    explicit Counter(int& count) : count_(count) {}
    void Handle(ExchangeRef exchange, const PathParameters& /*path*/) override {
      ++count_;
      exchange->Send({});
    }

   private:
    int& count_;
  } counter(handled);
  ASSERT_TRUE(router.Add({kHealthRoute, &counter}).ok());
  ByApiKey by_api_key;
  FakeCallObserver observer;
  Dispatcher dispatcher({router, observer, by_api_key, clock_, base::SystemRandom::Get()}, {});
  FakeExchange unknown(Method::kGet, "/health");
  dispatcher.Dispatch(unknown.ref());
  EXPECT_EQ(unknown.status(), 401);
  FakeExchange guest(Method::kGet, "/health");
  guest.WithHeader("X-API-Key", "guest");
  dispatcher.Dispatch(guest.ref());
  EXPECT_EQ(guest.status(), 403);
  EXPECT_EQ(handled, 0);
  FakeExchange ann(Method::kGet, "/health");
  ann.WithHeader("X-API-Key", "ann");
  dispatcher.Dispatch(ann.ref());
  EXPECT_EQ(ann.status(), 200);
  EXPECT_EQ(ann.context().principal, "ann");
}

}  // namespace
}  // namespace moorage::api

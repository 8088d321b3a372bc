#pragma once

// A router, a dispatcher and handlers that are lambdas, for tests.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "edge/api/authenticator.h"
#include "edge/api/dispatcher.h"
#include "edge/api/router.h"
#include "foundation/base/mutex.h"

namespace moorage::api {

// Remembers finished calls. May be read from any thread.
class FakeCallObserver : public CallObserver {
 public:
  struct Call {
    std::string operation;  // empty if nothing matched
    int status = 0;
    std::string request_id;
    std::string body;
    std::string payload;
  };

  bool KeepsPayload(const model::CallContext& /*context*/, std::size_t /*bytes*/) override {
    return true;
  }
  void Finished(const model::CallContext& context, const CallFacts& facts,
                std::string_view body) override;
  std::vector<Call> calls() const;

 private:
  mutable base::Mutex mu_;
  std::vector<Call> calls_ GUARDED_BY(mu_);
};

// Handlers that tests write as lambdas, behind a router and a dispatcher.
class TestService {
 public:
  using Answerer = std::function<void(ExchangeRef exchange, const PathParameters& path)>;

  explicit TestService(const base::Clock& clock, Dispatcher::Options options = {});
  // `authenticator` outlives the service.
  TestService(const base::Clock& clock, Dispatcher::Options options, Authenticator& authenticator);

  // `operation.path` and the like must be static text.
  TestService& On(const Operation& operation, Answerer answer);
  TestService& OnEndTick(std::function<void()> task) {
    end_tick_ = std::move(task);
    return *this;
  }

  Dispatcher& dispatcher() { return dispatcher_; }
  FakeCallObserver& observer() { return observer_; }
  void EndTick() {
    if (end_tick_) end_tick_();
  }

 private:
  class LambdaHandler : public Handler {
   public:
    explicit LambdaHandler(Answerer answer) : answer_(std::move(answer)) {}
    void Handle(ExchangeRef exchange, const PathParameters& path) override {
      answer_(std::move(exchange), path);
    }

   private:
    Answerer answer_;
  };

  Router router_;
  AllowAll allow_all_;
  FakeCallObserver observer_;
  Dispatcher dispatcher_;
  std::deque<LambdaHandler> handlers_;
  std::function<void()> end_tick_;
};

// Answers with method, path, query and body of the request, as text.
void AnswerEcho(ExchangeRef exchange, const PathParameters& path);

}  // namespace moorage::api

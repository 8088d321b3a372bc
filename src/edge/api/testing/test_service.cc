#include "edge/api/testing/test_service.h"

#include <gtest/gtest.h>

#include <utility>

#include "foundation/base/random.h"

namespace moorage::api {

void FakeCallObserver::Finished(const model::CallContext& context, const CallFacts& facts,
                                std::string_view body) {
  Call call;
  call.operation = context.operation;
  call.status = facts.status;
  call.request_id = context.request_id;
  call.body = body;
  call.payload = facts.payload;
  const base::MutexLock lock(mu_);
  calls_.push_back(std::move(call));
}

std::vector<FakeCallObserver::Call> FakeCallObserver::calls() const {
  const base::MutexLock lock(mu_);
  return calls_;
}

TestService::TestService(const base::Clock& clock, Dispatcher::Options options)
    : TestService(clock, options, allow_all_) {}

TestService::TestService(const base::Clock& clock, Dispatcher::Options options,
                         Authenticator& authenticator)
    : dispatcher_({.router = router_,
                   .observer = observer_,
                   .authenticator = authenticator,
                   .clock = clock,
                   .random = base::SystemRandom::Get()},
                  options) {}

TestService& TestService::On(const Operation& operation, Answerer answer) {
  handlers_.emplace_back(std::move(answer));
  const base::Status added = router_.Add({operation, &handlers_.back()});
  if (!added.ok()) ADD_FAILURE() << added.error().message;
  return *this;
}

void AnswerEcho(ExchangeRef exchange, const PathParameters& path) {
  const Request& request = exchange->request();
  std::string text(Name(request.method));
  text.append(" ").append(request.path).append(" ?").append(request.query);
  for (std::size_t i = 0; i < path.count; ++i) {
    text.append(" ").append(path.entries[i].name).append("=").append(path.entries[i].value);
  }
  text.append(" ").append(request.body);
  exchange->Send({.content_type = "text/plain", .body = text});
}

}  // namespace moorage::api

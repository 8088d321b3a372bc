#pragma once

// A call without a codec, for tests of handlers.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/api/exchange.h"
#include "edge/api/operation.h"

namespace moorage::api {

// A request that a test makes up, and a record of what was answered. The test owns it. The
// reference that a handler gets only notes that it was released.
//
//   FakeExchange call(Method::kPost, "/api/v1/predict", R"({"features": [1]})");
//   call.Give(handler);
//   EXPECT_EQ(call.status(), 200);
class FakeExchange : public Exchange {
 public:
  // `target` may hold a query, as in "/stats?window=1h". Nothing is decoded.
  FakeExchange(Method method, std::string_view target, std::string_view body = {});

  // The name of a method that is kOther.
  FakeExchange& WithMethod(std::string_view name);
  FakeExchange& WithHeader(std::string_view name, std::string_view value);
  FakeExchange& WithParameter(std::string_view name, std::string_view value);

  // Hands the request to `handler` as the dispatcher would, then overwrites it.
  void Give(Handler& handler);
  // Overwrites everything that the views of the request pointed to, as a codec that uses its buffer
  // again. A handler that kept a view is found out.
  void Overwrite();
  ExchangeRef ref() { return ExchangeRef(this); }

  // What was answered. Fail() is rendered as HTTP renders it.
  bool answered() const { return status_ != 0; }
  int status() const { return status_; }
  const std::string& content_type() const { return content_type_; }
  const std::string& body() const { return body_; }  // all chunks so far, if it is a stream
  // A header of the answer, or nothing. `name` in any case.
  std::optional<std::string> AnswerHeader(std::string_view name) const;
  const std::optional<base::Error>& error() const { return error_; }
  bool streaming() const { return streaming_; }
  bool finished() const { return finished_; }
  // The dispatcher has asked for the body in a later tick than that of the head.
  bool awaits_body() const { return self_ != nullptr; }
  ExchangeRef TakeSelf() { return std::move(self_); }
  // The handler has released its reference.
  bool released() const { return released_; }

  // The client goes away, or stops reading and reads again.
  void Disconnect();
  void Fill() { full_ = true; }
  void Drain();

  void Send(const Answer& answer) override;
  void Fail(const base::Error& error) override;
  void Begin(const Answer& head) override;
  bool Write(std::string_view chunk) override;
  void Finish() override;
  void WhenWritable(base::InlineFunction<void(), 64> resume) override;
  void WhenGone(base::InlineFunction<void(), 64> gone) override;
  bool alive() const override { return alive_; }
  void AwaitBody(ExchangeRef self) override { self_ = std::move(self); }

 private:
  void Release() override;
  void Record(const Answer& answer);

  std::deque<std::string> texts_;  // what the request's views point to
  std::vector<Header> headers_;
  PathParameters parameters_;
  int status_ = 0;
  std::string content_type_;
  std::string body_;
  std::vector<std::pair<std::string, std::string>> answer_headers_;
  std::optional<base::Error> error_;
  base::InlineFunction<void(), 64> resume_;
  base::InlineFunction<void(), 64> gone_;
  bool streaming_ = false;
  bool finished_ = false;
  bool released_ = false;
  bool alive_ = true;
  bool full_ = false;
  ExchangeRef self_;
};

}  // namespace moorage::api

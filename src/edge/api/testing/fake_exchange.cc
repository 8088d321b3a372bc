#include "edge/api/testing/fake_exchange.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "edge/api/error_body.h"
#include "edge/api/status_map.h"
#include "foundation/base/ascii.h"

namespace moorage::api {

FakeExchange::FakeExchange(Method method, std::string_view target, std::string_view body) {
  const std::string_view path = texts_.emplace_back(target);
  const std::size_t question = std::min(path.find('?'), path.size());
  request_.method = method;
  request_.path = path.substr(0, question);
  if (question < path.size()) request_.query = path.substr(question + 1);
  request_.body = texts_.emplace_back(body);
  context_.request_id = "test-request";
}

FakeExchange& FakeExchange::WithMethod(std::string_view name) {
  request_.method_text = texts_.emplace_back(name);
  return *this;
}

FakeExchange& FakeExchange::WithHeader(std::string_view name, std::string_view value) {
  headers_.push_back({texts_.emplace_back(name), texts_.emplace_back(value)});
  request_.headers = headers_;
  return *this;
}

FakeExchange& FakeExchange::WithParameter(std::string_view name, std::string_view value) {
  parameters_.entries[parameters_.count++] = {texts_.emplace_back(name),
                                              texts_.emplace_back(value)};
  return *this;
}

void FakeExchange::Give(Handler& handler) {
  handler.Handle(ref(), parameters_);
  Overwrite();
}

void FakeExchange::Overwrite() {
  for (std::string& text : texts_) std::ranges::fill(text, '\xDD');
}

std::optional<std::string> FakeExchange::AnswerHeader(std::string_view name) const {
  const std::string lower = base::ToLower(name);
  for (const auto& [key, value] : answer_headers_) {
    if (base::EqualsIgnoreCase(key, lower)) return value;
  }
  return std::nullopt;
}

void FakeExchange::Disconnect() {
  alive_ = false;
  Drain();
  if (gone_) std::exchange(gone_, {})();
}

void FakeExchange::Drain() {
  full_ = false;
  if (resume_) std::exchange(resume_, {})();
}

void FakeExchange::Record(const Answer& answer) {
  if (status_ != 0) ADD_FAILURE() << "an exchange was answered twice";
  if (released_) ADD_FAILURE() << "an exchange was answered after it was released";
  status_ = answer.status;
  content_type_ = answer.content_type;
  for (const Header& header : answer.headers)
    answer_headers_.emplace_back(header.name, header.value);
  if (!vary().empty()) answer_headers_.emplace_back("Vary", vary());
  if (!allowed_origin().empty()) {
    answer_headers_.emplace_back("Access-Control-Allow-Origin", allowed_origin());
  }
  if (!api_version().empty()) {
    answer_headers_.emplace_back("API-Version", api_version());
  }
}

void FakeExchange::Send(const Answer& answer) {
  Record(answer);
  body_ = answer.body;
  finished_ = true;
}

void FakeExchange::Fail(const base::Error& error) {
  error_ = error;
  SendError(*this, HttpStatus(error.code), base::ClientCode(error), error);
}

void FakeExchange::Begin(const Answer& head) {
  Record(head);
  streaming_ = true;
}

bool FakeExchange::Write(std::string_view chunk) {
  if (!streaming_ || finished_) ADD_FAILURE() << "Write() outside of Begin() and Finish()";
  body_ += chunk;
  return alive_ && !full_;
}

void FakeExchange::Finish() {
  if (!streaming_ || finished_) ADD_FAILURE() << "Finish() without Begin(), or twice";
  finished_ = true;
}

void FakeExchange::WhenWritable(base::InlineFunction<void(), 64> resume) {
  resume_ = std::move(resume);
}

void FakeExchange::WhenGone(base::InlineFunction<void(), 64> gone) {
  if (alive_) {
    gone_ = std::move(gone);
  } else {
    gone();
  }
}

void FakeExchange::Release() {
  released_ = true;
  if (status_ == 0) {
    released_ = false;  // the server answers in place of the handler
    Fail({base::Code::kInternal, "the request was dropped without an answer"});
    released_ = true;
  }
  if (streaming_ && !finished_) finished_ = true;
}

}  // namespace moorage::api

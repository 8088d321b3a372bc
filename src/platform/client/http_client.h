#pragma once

// A client of the HTTP API of one server.

#include <cstdint>
#include <memory>
#include <string>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::client {

// Sends calls to one server's HTTP API. It renders verb and path from the row of a call. One thread
// at a time. The connection is kept between calls.
//  - TLS certificates are verified.
//  - Redirects are refused.
//  - Answers are bounded.
class HttpClient {
 public:
  struct Options {
    std::string server;  // "http://127.0.0.1:8000", "https://models.example"; a path is refused
    std::string token;   // sent as a bearer token if not empty
    base::Duration connect_timeout = std::chrono::seconds(5);
    base::Duration timeout = std::chrono::minutes(10);  // of a whole call
    std::uint64_t max_answer = 256ULL << 20;
  };

  // An answer as it came.
  struct RawAnswer {
    int status = 0;
    std::string body;
  };

  static base::Result<std::unique_ptr<HttpClient>> Make(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Sends JSON or multipart/form-data and returns the JSON of the answer. An answer in the server's
  // error form becomes an Error with the same code, sentence and details. A server that cannot be
  // reached is kUnavailable, and the message names the server and the reason.
  base::Result<model::ApiReply> Call(const model::ApiCall& call);

  // The answer to a question of server_questions.h, with any status.
  base::Result<RawAnswer> Get(const model::OperationRow& question);

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace moorage::client

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::client {

// Talks to one server's HTTP API. Keeps its connection between calls; one thread at a time. TLS
// certificates are verified, redirects are refused, answers are bounded.
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

  // A call of the management API: JSON or multipart out, JSON back. An answer in the server's error
  // form becomes an Error with the same code, sentence and details; a server that cannot be reached
  // is kUnavailable and the message says which, and why.
  base::Result<model::ApiReply> Call(const model::ApiCall& call);

  // Any path by GET, whatever the status.
  base::Result<RawAnswer> Get(std::string_view path);

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace moorage::client

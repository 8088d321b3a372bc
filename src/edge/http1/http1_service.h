#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "edge/api/dispatcher.h"
#include "edge/http1/date_line.h"
#include "edge/http1/http1_parser.h"
#include "foundation/base/clock.h"

namespace moorage::http1 {

class Http1Exchange;

struct Http1Limits {
  Http1Parser::Limits head;
  std::size_t max_body = 64U << 20U;     // 413
  std::size_t max_pipelined = 64;        // requests of a connection that are not answered yet
  std::size_t high_water = 256U << 10U;  // unsent bytes above which streams and requests pause
  base::Duration head_timeout = std::chrono::seconds(10);  // from its first byte; 408
  base::Duration body_window = std::chrono::seconds(30);   // in each, a body must bring ...
  std::size_t body_window_bytes = 30U << 10U;              // ... this much, or its end; 408
  base::Duration idle_timeout = std::chrono::seconds(75);
};

// What the HTTP/1.1 connections of one reactor share, so that a request allocates nothing: the
// parser, the Date header, and exchanges to use again. Must outlive every exchange that a handler
// holds.
class Http1Service {
 public:
  Http1Service(api::Dispatcher& dispatcher, const base::Clock& clock, const Http1Limits& limits);
  ~Http1Service();
  Http1Service(const Http1Service&) = delete;
  Http1Service& operator=(const Http1Service&) = delete;

  api::Dispatcher& dispatcher() { return dispatcher_; }
  // A call is finished. Says nothing more after Close(), so that exchanges may outlive the
  // dispatcher.
  void Report(const api::CallContext& context, int status, std::string_view body) {
    if (!closed_) dispatcher_.Finished(context, status, body);
  }
  void Close() { closed_ = true; }
  const Http1Limits& limits() const { return limits_; }
  Http1Parser& parser() { return parser_; }
  DateLine& date() { return date_; }

  Http1Exchange& Acquire();
  void Recycle(Http1Exchange& exchange);
  // Exchanges that somebody holds; for tests.
  std::size_t in_use() const { return all_.size() - free_.size(); }

 private:
  api::Dispatcher& dispatcher_;
  const Http1Limits limits_;
  Http1Parser parser_;
  DateLine date_;
  bool closed_ = false;
  std::vector<std::unique_ptr<Http1Exchange>> all_;
  std::vector<Http1Exchange*> free_;
};

}  // namespace moorage::http1

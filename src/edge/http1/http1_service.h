#pragma once

// What the HTTP/1.1 connections of one reactor share. The reactor's thread only.

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "edge/api/content_coding.h"
#include "edge/api/dispatcher.h"
#include "edge/http1/date_line.h"
#include "edge/http1/http1_limits.h"
#include "edge/http1/http1_parser.h"
#include "foundation/base/clock.h"

namespace moorage::http1 {

class Http1Exchange;

// Holds the parser, the Date header and the exchanges, so that a request allocates nothing. Must
// outlive every exchange that a handler holds.
class Http1Service {
 public:
  Http1Service(api::Dispatcher& dispatcher, const base::Clock& clock, const Http1Limits& limits);
  ~Http1Service();
  Http1Service(const Http1Service&) = delete;
  Http1Service& operator=(const Http1Service&) = delete;

  api::Dispatcher& dispatcher() { return dispatcher_; }
  // Reports a finished call to the dispatcher, until Close(). Exchanges may outlive the dispatcher.
  void Report(api::Exchange& exchange, int status, std::string_view body) {
    if (!closed_) dispatcher_.Finished(exchange, status, body);
  }
  void Close() { closed_ = true; }
  const Http1Limits& limits() const { return limits_; }
  Http1Parser& parser() { return parser_; }
  DateLine& date() { return date_; }
  api::Deflater& deflater() { return deflater_; }

  // Returns a free exchange, or a new one.
  Http1Exchange& Acquire();
  void Recycle(Http1Exchange& exchange);
  // Returns the number of exchanges that are not free. For tests.
  std::size_t in_use() const { return all_.size() - free_.size(); }

 private:
  api::Dispatcher& dispatcher_;
  const Http1Limits limits_;
  Http1Parser parser_;
  DateLine date_;
  api::Deflater deflater_;
  bool closed_ = false;
  std::vector<std::unique_ptr<Http1Exchange>> all_;
  std::vector<Http1Exchange*> free_;
};

}  // namespace moorage::http1

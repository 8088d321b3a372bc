#pragma once

// One call as its handler sees it, with request, context, facts and answer.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "edge/api/call_facts.h"
#include "edge/api/call_state.h"
#include "edge/api/owned_body.h"
#include "edge/api/request.h"
#include "foundation/base/error.h"
#include "foundation/base/inline_function.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"
#include "foundation/json/byte_buffer.h"
#include "foundation/model/call_context.h"

namespace moorage::api {

class Exchange;

struct ExchangeRelease {
  void operator()(Exchange* exchange) const;
};

// The handler's ownership of an exchange. 8 bytes, move-only, so it fits into every completion.
using ExchangeRef = std::unique_ptr<Exchange, ExchangeRelease>;

// The memory of a large body, which a codec may send from instead of copying it.
//
//   AnswerMemory memory;
//   memory.bytes.LeaveFront(AnswerMemory::kFront);
//   memory.bytes.Append(body);
//   exchange->Send({.body = memory.bytes.view(), .memory = &memory});
struct AnswerMemory {
  // Room for the head that a codec puts before the body.
  static constexpr std::size_t kFront = 4U << 10U;

  json::ByteBuffer bytes;
  base::MemoryCharge charge;  // for the capacity of `bytes`
};

// An answer as a whole.
struct Answer {
  int status = 200;
  std::string_view content_type = "application/json";
  std::string_view body = {};  // copied by Exchange::Send(), ignored by Exchange::Begin()
  // Headers beside Content-Type, Content-Length, X-Request-Id, API-Version and Date. A header
  // whose text holds CR, LF or NUL is left out.
  std::span<const Header> headers = {};
  // What is recorded instead of a body that is compressed already. Empty for any other body.
  std::string_view readable_body = {};
  // Where the body lies, and nothing beside it. Exchange::Send() may take it, and the body stays
  // where it is. Null if the body must be copied.
  AnswerMemory* memory = nullptr;
};

// One request and its answer, whatever the protocol. A codec makes it and the dispatcher hands it
// to a handler. The handler answers now, later in the tick, or in a later tick, as a whole or as a
// stream.
//
// It belongs to its reactor's thread. To answer from elsewhere, copy what is needed and come back
// by Reactor::Post(). If the client has gone away, answers are dropped and the call is recorded
// with status 499.
class Exchange {
 public:
  virtual ~Exchange() = default;

  const Request& request() const { return request_; }
  // Replaces the request by a copy that outlives the call of the dispatcher. The owner of the copy
  // keeps it until the handler has returned.
  void AdoptRequest(const Request& kept) {
    request_ = kept;
    adopted_ = true;
  }

  // Takes the body for work that goes on elsewhere. At most once. The views of request() stay as
  // they are. A codec that can hands over its own memory. Otherwise the text is copied, and
  // `charge`, which is still empty, pays for the copy. kExhausted if there is not enough left.
  virtual base::Result<OwnedBody> TakeBody(base::MemoryCharge charge);
  // Replaces the body. TakeBody() returns `body` from now on, without a copy.
  void AdoptBody(OwnedBody body) {
    request_.body = body.text();
    adopted_body_ = std::move(body);
  }

  model::CallContext& context() { return context_; }
  const model::CallContext& context() const { return context_; }
  CallFacts& facts() { return facts_; }
  const CallFacts& facts() const { return facts_; }

  CallState call_state() const { return call_state_; }
  // The dispatcher moves a call.
  void MoveTo(CallState next) {
    assert(base::MayMove(kCallMoves, call_state_, next));
    call_state_ = next;
  }

  // The header API-Version of the answer. "v1", "v2", or empty for none, in static text.
  // The dispatcher derives it from the path, and a handler that negotiates sets it again.
  std::string_view api_version() const { return api_version_; }
  void set_api_version(std::string_view version) { api_version_ = version; }

  // The page that may read the answer (Access-Control-Allow-Origin), or empty.
  const std::string& allowed_origin() const { return allowed_origin_; }
  void set_allowed_origin(std::string_view origin) { allowed_origin_ = origin; }
  // The client takes an answer that is compressed with gzip.
  bool accepts_gzip() const { return accepts_gzip_; }
  void AcceptGzip() { accepts_gzip_ = true; }
  // What the answer depends on beside the path (Vary). Static text, or empty.
  std::string_view vary() const { return vary_; }
  void set_vary(std::string_view names) { vary_ = names; }

  // Sends the whole answer. Exactly one of Send(), Fail() and Begin() ends or starts the answer.
  virtual void Send(const Answer& answer) = 0;
  // Answers in the one error form of this protocol, with the status of status_map.h.
  virtual void Fail(const base::Error& error) = 0;

  // A stream is Begin() once, Write() any number of times, Finish() once. Write() takes every
  // chunk. It returns false when the client is gone or its buffer is over the high-water mark.
  // Then stop. WhenWritable() calls `resume` once, in a later tick, when the buffer is low again
  // or the client goes away. If the client has gone already it calls at once.
  virtual void Begin(const Answer& head) = 0;
  virtual bool Write(std::string_view chunk) = 0;
  virtual void Finish() = 0;
  virtual void WhenWritable(base::InlineFunction<void(), 64> resume) = 0;

  // Calls `gone` once, on the reactor's thread, when the client has gone while the answer is owed.
  // A client that has closed its own side (FIN) counts as gone at the end of the tick, although an
  // answer still reaches it if it reads on. `gone` replaces what was set before, and is dropped
  // when the answer is whole. If the connection has ended already it calls at once.
  virtual void WhenGone(base::InlineFunction<void(), 64> gone) = 0;

  // False once the client has gone.
  virtual bool alive() const = 0;

  // The dispatcher has admitted the head of this call in a later tick than that of
  // Dispatcher::Head(). The codec reads the body and calls Dispatch().
  virtual void AwaitBody(ExchangeRef self) = 0;

 protected:
  // The buffer behind the request moves now. Clears the views, unless the request was adopted.
  void ForgetRequest() {
    if (!adopted_) request_ = {.method = request_.method};
  }
  // Ends the use of a copy that is about to be destroyed.
  void DropAdopted() {
    adopted_ = false;
    ForgetRequest();
  }
  // Returns to the state of a new exchange, for exchanges that are used again.
  void ResetCall();

  Request request_;
  model::CallContext context_;
  CallFacts facts_;

 private:
  friend struct ExchangeRelease;
  // Called instead of delete when the owner releases it. An unanswered exchange answers 500 here,
  // or 503 if an exception for want of memory has taken it from its owner.
  virtual void Release() = 0;

  OwnedBody adopted_body_;
  std::string_view api_version_;
  std::string_view vary_;
  std::string allowed_origin_;
  CallState call_state_ = CallState::kHead;
  bool accepts_gzip_ = false;
  bool adopted_ = false;
};

inline void ExchangeRelease::operator()(Exchange* exchange) const { exchange->Release(); }

}  // namespace moorage::api

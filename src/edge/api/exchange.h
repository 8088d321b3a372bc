#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/api/call_context.h"
#include "foundation/base/error.h"
#include "foundation/base/inline_function.h"

namespace moorage::api {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

// "GET"; "OTHER" for kOther.
std::string_view Name(Method method);
// Methods are case-sensitive; what is not in the set is kOther.
Method ParseMethod(std::string_view name);

struct Header {
  std::string_view name;  // as received; compare without case
  std::string_view value;
};

// A request, whatever protocol carried it. The views point into the connection's buffer and are
// valid only during Handler::Handle(): copy what you keep.
struct Request {
  Method method = Method::kOther;
  std::string_view path;   // decoded once, without query
  std::string_view query;  // raw, after '?'
  std::span<const Header> headers;
  std::string_view body;

  // The value of the first header of this name, or nothing. `name` in lower case.
  std::optional<std::string_view> Find(std::string_view name) const;
};

// An answer as a whole.
struct Answer {
  int status = 200;
  std::string_view content_type = "application/json";
  std::string_view body = {};  // copied by Exchange::Send; ignored by Exchange::Begin
  // Extra headers beside Content-Type, Content-Length, X-Request-Id, API-Version, Date. Their text
  // must not hold CR, LF or NUL: such a header is left out.
  std::span<const Header> headers = {};
};

// One request and its answer, protocol-neutral. A codec makes it, the dispatcher hands it to a
// handler, and the handler answers now, later in the tick, or in a later tick; whole or as a
// stream. Lives on its reactor's thread; to leave it, copy what is needed and come back by
// Reactor::Post(). If the client has gone away answers fall into the void, without harm.
class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual const Request& request() const = 0;
  CallContext& context() { return context_; }
  const CallContext& context() const { return context_; }

  // Sends the whole answer. Exactly one of Send(), Fail() and Begin() ends or starts the answer.
  virtual void Send(const Answer& answer) = 0;
  // The one error form of this protocol, with the status of the one table (status_map.h).
  virtual void Fail(const base::Error& error) = 0;

  // A stream: Begin() once, Write() any number of times, Finish() once. Write() takes every chunk;
  // it answers false when the client is gone or its buffer is over the high-water mark: then stop,
  // and WhenWritable() calls `resume` once, in a later tick, when the buffer is low again or the
  // client goes away (at once if it has gone).
  virtual void Begin(const Answer& head) = 0;
  virtual bool Write(std::string_view chunk) = 0;
  virtual void Finish() = 0;
  virtual void WhenWritable(base::InlineFunction<void(), 64> resume) = 0;

  // False once nobody is there to read the answer.
  virtual bool alive() const = 0;

 protected:
  CallContext context_;

 private:
  friend struct ExchangeRelease;
  // Called instead of delete when the last owner lets go; an unanswered exchange answers 500 here.
  virtual void Release() = 0;
};

struct ExchangeRelease {
  void operator()(Exchange* exchange) const { exchange->Release(); }
};

// The handler's ownership of an exchange: 8 bytes, move only, fits into every completion.
using ExchangeRef = std::unique_ptr<Exchange, ExchangeRelease>;

}  // namespace moorage::api

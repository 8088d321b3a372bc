#include "edge/api/dispatcher.h"

#include <optional>
#include <string>
#include <utility>

#include "edge/api/error_body.h"
#include "edge/api/media_type.h"
#include "edge/api/status_map.h"
#include "foundation/base/ascii.h"

namespace moorage::api {
namespace {

base::Error Invalid(std::string message) { return {base::Code::kInvalid, std::move(message)}; }

void SendFraming(Exchange& exchange, int status, std::string message,
                 std::span<const Header> headers = {}) {
  SendError(exchange, status, CodeOfFraming(status), Invalid(std::move(message)), headers);
}

constexpr std::size_t kNotedPath = 512;
constexpr int kClientGone = 499;

std::string_view ApiVersion(std::string_view path) {
  if (!path.starts_with("/api/")) return {};
  return path.starts_with("/api/v2/") || path == "/api/v2" ? "v2" : "v1";
}

}  // namespace

Dispatcher::Dispatcher(const Deps& deps, const Options& options)
    : deps_(deps), options_(options), ids_(deps.random) {}

// True if the body is compressed, which nobody here undoes.
bool Dispatcher::EncodesBody(const Request& request) {
  for (const Header& header : request.headers) {
    if (header.name.size() == 16 && base::EqualsIgnoreCase(header.name, "content-encoding") &&
        !base::EqualsIgnoreCase(header.value, "identity")) {
      return true;
    }
  }
  return false;
}

void Dispatcher::Identify(Exchange& exchange) {
  CallContext& context = exchange.context();
  const Request& request = exchange.request();
  for (const Header& header : request.headers) {
    if (header.name.size() == 12 && base::EqualsIgnoreCase(header.name, "x-request-id")) {
      if (IsRequestId(header.value)) context.request_id = header.value;
    } else if (header.name.size() == 11 && base::EqualsIgnoreCase(header.name, "traceparent")) {
      if (IsTraceParent(header.value)) context.traceparent = header.value;
    }
  }
  if (context.request_id.empty()) ids_.AssignTo(context.request_id);
  context.api_version = ApiVersion(request.path);
}

void Dispatcher::NoteTarget(Exchange& exchange) {
  CallContext& context = exchange.context();
  context.method = Name(exchange.request().method);
  context.path = exchange.request().path.substr(0, kNotedPath);
}

void Dispatcher::Dispatch(ExchangeRef exchange) {
  ++dispatched_;
  Identify(*exchange);
  CallContext& context = exchange->context();
  const Request& request = exchange->request();

  const Router::Match match = deps_.router.Find(request.method, request.path);
  if (match.route == nullptr) {
    NoteTarget(*exchange);
    if (match.methods != nullptr) return RefuseMethod(*exchange, *match.methods);
    return SendFraming(*exchange, 404, "no such path: " + base::Excerpt(request.path));
  }
  const Operation& operation = match.route->operation;
  context.operation = &operation;
  if (!operation.is_inference) NoteTarget(*exchange);
  if (request.body.size() > options_.max_body) {
    return SendFraming(*exchange, 413, "the body is larger than the server accepts");
  }
  if (const base::Status allowed = deps_.authenticator.Authenticate(request, context);
      !allowed.ok()) {
    return exchange->Fail(allowed.error());
  }
  context.deadline = context.start + options_.timeout;
  if (!request.body.empty() && EncodesBody(request)) {
    return SendFraming(*exchange, 415, "the body must be sent without a Content-Encoding");
  }
  if (operation.json_body) {
    const std::optional<std::string_view> type = request.Find("content-type");
    if (type.has_value() && !IsJsonInUtf8(*type)) {
      return SendFraming(*exchange, 415, "the body must be application/json in UTF-8");
    }
  }
  if (operation.is_inference && deps_.observer.KeepsPayload(context)) {
    context.log_payload = true;
    context.payload = request.body;
  }
  match.route->handler->Handle(std::move(exchange), match.parameters);
}

void Dispatcher::Reject(ExchangeRef exchange, int status, std::string_view message) {
  Identify(*exchange);
  NoteTarget(*exchange);
  SendFraming(*exchange, status, std::string(message));
}

void Dispatcher::RefuseMethod(Exchange& exchange, const Router::Methods& methods) const {
  const std::string allowed = AllowedMethods(methods);
  const Header allow[] = {{"Allow", allowed}};
  SendFraming(exchange, 405,
              "this path does not answer " + std::string(Name(exchange.request().method)) +
                  "; it answers " + allowed,
              allow);
}

void Dispatcher::Finished(const CallContext& context, int status, std::string_view body) {
  if (status != kClientGone) ++answered_;
  deps_.observer.Finished(context, status, body, deps_.clock.Monotonic() - context.start);
}

}  // namespace moorage::api

#include "edge/api/dispatcher.h"

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "edge/api/error_body.h"
#include "edge/api/media_type.h"
#include "edge/api/status_map.h"
#include "foundation/base/ascii.h"
#include "foundation/base/units.h"

namespace moorage::api {
namespace {

base::Error Invalid(std::string message) { return {base::Code::kInvalid, std::move(message)}; }

void SendFraming(Exchange& exchange, int status, std::string message,
                 std::span<const Header> headers = {}) {
  exchange.facts().reason = ReasonOfFraming(status);
  SendError(exchange, status, CodeOfFraming(status), Invalid(std::move(message)), headers);
}

constexpr std::size_t kNotedPath = 512;
constexpr int kClientGone = 499;

std::string_view ApiVersion(std::string_view path) {
  if (!path.starts_with("/api/")) return {};
  return path.starts_with("/api/v2/") || path == "/api/v2" ? "v2" : "v1";
}

// Returns the value of Content-Encoding, or nothing.
std::optional<std::string_view> EncodingOf(const Request& request) {
  for (const Header& header : request.headers) {
    if (header.name.size() == 16 && base::EqualsIgnoreCase(header.name, "content-encoding")) {
      return header.value;
    }
  }
  return std::nullopt;
}

// Keeps what was asked, because the views of the request end before the answer is recorded.
void NoteTarget(Exchange& exchange) {
  CallFacts& facts = exchange.facts();
  facts.method = exchange.request().MethodName();
  facts.path = exchange.request().path.substr(0, kNotedPath);
}

}  // namespace

Dispatcher::Dispatcher(const Deps& deps, const Options& options)
    : deps_(deps),
      options_(options),
      ids_(deps.random),
      waiting_(
          {.calls = options.max_waiting, .body_bytes = options.max_body, .memory = options.memory},
          deps.clock, [this](ExchangeRef exchange) { Resume(std::move(exchange)); }),
      decoding_(deps.clock, options.memory, [this](ExchangeRef exchange) {
        const Request& request = exchange->request();
        const Router::Match match = deps_.router.Find(request.method, request.path);
        Handle(std::move(exchange), match);
      }) {}

void Dispatcher::Identify(Exchange& exchange) {
  model::CallContext& context = exchange.context();
  const Request& request = exchange.request();
  for (const Header& header : request.headers) {
    // Few headers of many are wanted, so most are dismissed by their length.
    if (header.name.size() == 12 && base::EqualsIgnoreCase(header.name, "x-request-id")) {
      if (IsRequestId(header.value)) context.request_id = header.value;
    } else if (header.name.size() == 11 && base::EqualsIgnoreCase(header.name, "traceparent")) {
      if (IsTraceParent(header.value)) context.traceparent = header.value;
    } else if (header.name.size() == 15 && base::EqualsIgnoreCase(header.name, "accept-encoding")) {
      if (AcceptsGzip(header.value)) exchange.AcceptGzip();
    } else if (header.name.size() == 6 && !options_.origins.empty() &&
               base::EqualsIgnoreCase(header.name, "origin")) {
      if (options_.origins.MayRead(header.value)) exchange.set_allowed_origin(header.value);
    }
  }
  if (context.request_id.empty()) ids_.AssignTo(context.request_id);
  exchange.set_api_version(ApiVersion(request.path));
  if (!options_.origins.empty()) exchange.set_vary("Origin");
}

std::size_t Dispatcher::MostBody(const Operation& operation) const {
  if (operation.max_body > 0) return std::min(operation.max_body, options_.max_body);
  return operation.method == Method::kGet ? std::min(kBodyOfGet, options_.max_body)
                                          : options_.max_body;
}

std::size_t Dispatcher::MostBody(const Exchange& exchange) const {
  const Operation* operation = exchange.facts().operation;
  return operation != nullptr ? MostBody(*operation) : 0;
}

BodyPlan Dispatcher::Head(ExchangeRef& exchange, const DeclaredBody& declared) {
  const Router::Match match = Admit(exchange, declared, CallState::kWaitingForHead);
  if (match.route == nullptr) {
    if (exchange == nullptr) return {.kind = BodyPlan::Kind::kLater};
    exchange.reset();
    return {.kind = BodyPlan::Kind::kAnswered};
  }
  if (const base::Status fit = match.route->handler->JudgeHead(match.parameters); !fit.ok()) {
    exchange->Fail(fit.error());
    exchange.reset();
    return {.kind = BodyPlan::Kind::kAnswered};
  }
  exchange->MoveTo(CallState::kAdmitted);
  return {.kind = BodyPlan::Kind::kRead, .most = MostBody(match.route->operation)};
}

void Dispatcher::Dispatch(ExchangeRef exchange) {
  ++dispatched_;
  // Routed again, because the views of the first match have moved with the head.
  if (exchange->call_state() == CallState::kAdmitted) return Resume(std::move(exchange));
  const Router::Match match = Admit(exchange, exchange->request().body.size(), CallState::kWaiting);
  if (match.route != nullptr) Proceed(std::move(exchange), match);
}

Router::Match Dispatcher::Admit(ExchangeRef& exchange, const DeclaredBody& declared,
                                CallState deferred) {
  Identify(*exchange);
  const Request& request = exchange->request();
  Router::Match match = deps_.router.Find(request.method, request.path);
  if (match.route == nullptr) {
    NoteTarget(*exchange);
    AnswerWithoutRoute(*exchange, match.methods);
    return match;
  }
  const Operation& operation = match.route->operation;
  model::CallContext& context = exchange->context();
  CallFacts& facts = exchange->facts();
  context.operation = operation.name;
  facts.operation = &operation;
  // The access log has no predictions, and the copy would cost each of them.
  if (!operation.is_inference) NoteTarget(*exchange);
  if (declared.has_value() && *declared > MostBody(operation)) {
    SendFraming(*exchange, 413,
                "the body is larger than this operation accepts (at most " +
                    base::FormatBytes(MostBody(operation)) + ")");
    match.route = nullptr;
    return match;
  }
  // Before the authenticator, which may have to wait and must know until when.
  context.deadline = facts.start + options_.timeout;
  AuthenticationRequest asked(exchange, operation, waiting_, deferred);
  const std::optional<base::Status> decision = deps_.authenticator.Authenticate(asked);
  if (decision.has_value() && decision->ok() && !asked.deferred()) return match;
  match.route = nullptr;
  if (asked.deferred()) return match;
  exchange->facts().reason = AnswerReason::kCaller;
  exchange->Fail(decision.has_value()
                     ? decision->error()
                     : base::Error{base::Code::kInternal, "the caller was never authenticated"});
  return match;
}

void Dispatcher::AnswerWithoutRoute(Exchange& exchange, const Router::Methods* methods) {
  const Request& request = exchange.request();
  const std::string method(request.MethodName());
  // A method that this server does not know is answered before the path is looked at (RFC 9110,
  // 9.1). TRACE and CONNECT are known, and no path has them.
  if (request.method == Method::kOther && method != "TRACE" && method != "CONNECT") {
    return SendFraming(exchange, 501, "this server does not know the method " + method);
  }
  if (methods != nullptr && !exchange.allowed_origin().empty() && IsPreflight(request)) {
    const std::string allowed = AllowedMethods(*methods);
    const std::string names = AllowedHeaders(request);
    const Header headers[] = {{"Access-Control-Allow-Methods", allowed},
                              {"Access-Control-Max-Age", "600"},
                              {"Access-Control-Allow-Headers", names}};
    return exchange.Send(
        {.status = 204, .headers = std::span(headers).first(names.empty() ? 2 : 3)});
  }
  if (request.path == "*") {
    Router::Methods served{};
    for (const auto& route : deps_.router.routes()) {
      served[static_cast<std::size_t>(route->operation.method)] = route.get();
    }
    const std::string allowed = AllowedMethods(served) + ", OPTIONS";
    const Header allow[] = {{"Allow", allowed}};
    // With a length of 0, not 204, because old clients know no other end (RFC 9110, 9.3.7).
    return exchange.Send({.content_type = {}, .headers = allow});
  }
  if (methods != nullptr) return RefuseMethod(exchange, *methods);
  SendFraming(exchange, 404, "no such path: " + base::Excerpt(request.path));
}

void Dispatcher::Proceed(ExchangeRef exchange, const Router::Match& match) {
  const Request& request = exchange->request();
  const Operation& operation = match.route->operation;
  exchange->MoveTo(CallState::kHandling);
  const auto encoding = request.body.empty() ? std::nullopt : EncodingOf(request);
  if (encoding.has_value()) {
    const auto coding = ParseCoding(*encoding);
    if (!coding.has_value()) {
      const Header accepted[] = {{"Accept-Encoding", "gzip, deflate"}};
      return SendFraming(*exchange, 415,
                         "the body has the Content-Encoding " + base::QuotedExcerpt(*encoding) +
                             "; this server reads gzip, deflate and bodies without one",
                         accepted);
    }
    if (*coding != ContentCoding::kIdentity) {
      return decoding_.Add(std::move(exchange), *coding, MostBody(operation));
    }
  }
  Handle(std::move(exchange), match);
}

void Dispatcher::Handle(ExchangeRef exchange, const Router::Match& match) {
  const Request& request = exchange->request();
  const Operation& operation = match.route->operation;
  if (operation.json_body) {
    const std::optional<std::string_view> type = request.Find("content-type");
    const JsonTypes types = operation.is_inference ? JsonTypes::kCustomary : JsonTypes::kAnnounced;
    // A request without the header is read as JSON. The decoder refuses what is none.
    if (type.has_value() && !IsJsonInUtf8(*type, types)) {
      return SendFraming(*exchange, 415, RefusedType(*type));
    }
  }
  if (operation.row != nullptr && !request.body.empty()) {
    // What a client sends by habit, such as curl -d without a header, changes no registry.
    const std::string_view type = request.Find("content-type").value_or("");
    if (!IsForm(type) && !IsJsonInUtf8(type, JsonTypes::kAnnounced)) {
      return SendFraming(*exchange, 415, RefusedFormType(type));
    }
  }
  if (operation.is_inference) {
    CallFacts& facts = exchange->facts();
    facts.body_bytes = request.body.size();
    if (deps_.observer.KeepsPayload(exchange->context(), facts.body_bytes)) {
      facts.payload = request.body;
    }
  }
  try {
    match.route->handler->Handle(std::move(exchange), match.parameters);
  } catch (const std::bad_alloc&) {
    // The exchange was released while the stack unwound, and has answered 503.
  }
}

void Dispatcher::Resume(ExchangeRef exchange) {
  // The body of an admitted head has not arrived.
  if (exchange->call_state() == CallState::kWaitingForHead) {
    exchange->MoveTo(CallState::kAdmitted);
    Exchange& call = *exchange;
    return call.AwaitBody(std::move(exchange));
  }
  // Routed again, because the parameters of the first match were views into a path that has moved.
  const Request& request = exchange->request();
  const Router::Match match = deps_.router.Find(request.method, request.path);
  Proceed(std::move(exchange), match);
}

void Dispatcher::Reject(ExchangeRef exchange, int status, std::string_view message) {
  // A call whose body cannot be read was identified with its head.
  if (exchange->call_state() == CallState::kHead) {
    Identify(*exchange);
    NoteTarget(*exchange);
  }
  SendFraming(*exchange, status, std::string(message));
}

void Dispatcher::RefuseMethod(Exchange& exchange, const Router::Methods& methods) const {
  const std::string allowed = AllowedMethods(methods);
  const Header allow[] = {{"Allow", allowed}};
  SendFraming(exchange, 405,
              "this path does not answer " + std::string(exchange.request().MethodName()) +
                  "; it answers " + allowed,
              allow);
}

void Dispatcher::Finished(Exchange& exchange, int status, std::string_view body) {
  // Only what a client can read is written, and the stage "write" is divided by it.
  if (status != kClientGone) {
    ++answered_;
  } else {
    exchange.facts().reason = AnswerReason::kGone;
  }
  exchange.MoveTo(CallState::kRecorded);
  CallFacts& facts = exchange.facts();
  facts.status = status;
  facts.duration = deps_.clock.Monotonic() - facts.start;
  deps_.observer.Finished(exchange.context(), facts, body);
  // An exchange that waits for its next call keeps no version's series alive.
  facts.model.reset();
}

}  // namespace moorage::api

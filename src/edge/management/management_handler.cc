#include "edge/management/management_handler.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "edge/api/kept_request.h"
#include "edge/api/media_type.h"
#include "edge/management/multipart.h"
#include "foundation/base/ascii.h"
#include "foundation/json/json.h"

namespace moorage::management_http {

namespace {

using base::Code;
using base::Error;
using base::Result;

// How long the answer to a move waits until the new target is served. A version whose trial runs
// are stored is loaded in much less.
constexpr std::chrono::seconds kAwaitNewTarget{10};

// Decodes application/x-www-form-urlencoded, in which "+" is a space and "%41" an A.
Result<std::string> DecodeQueryText(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? base::HexDigitValue(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? base::HexDigitValue(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return Error{Code::kInvalid,
                   "query: a '%' without two hexadecimal digits",
                   {{"query", "a '%' without two hexadecimal digits"}}};
    }
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

// The text before and after the first `separator`. Without one it is the whole text and nothing.
std::pair<std::string_view, std::string_view> Cut(std::string_view text, char separator) {
  const auto at = std::find(text.begin(), text.end(), separator);
  if (at == text.end()) return {text, {}};
  return {{text.begin(), at}, {at + 1, text.end()}};
}

Result<std::map<std::string, std::string>> DecodeQuery(std::string_view query) {
  std::map<std::string, std::string> out;
  while (!query.empty()) {
    const auto [pair, rest] = Cut(query, '&');
    query = rest;
    if (pair.empty()) continue;
    const auto [key, text] = Cut(pair, '=');
    ASSIGN_OR_RETURN(std::string name, DecodeQueryText(key));
    ASSIGN_OR_RETURN(std::string value, DecodeQueryText(text));
    // Which of two values counts would be a guess.
    if (!out.emplace(name, std::move(value)).second) {
      return Error{Code::kInvalid, "query: '" + name + "' given twice", {{name, "given twice"}}};
    }
  }
  return out;
}

// Waits until the new target of a move is served, because a client that promotes and then predicts
// expects the new version. If it is not, the reply has the reason.
void AwaitTarget(models::ModelManager& manager, const model::ApiCall& call,
                 model::ApiReply& reply) {
  const base::Status served =
      manager.AwaitSwitch(model::ModelName(call.Parameter("name")),
                          model::Alias(call.Parameter("alias")), kAwaitNewTarget);
  if (!served.ok()) reply.body["not_served"] = served.error().message;
}

void SendReply(api::Exchange& exchange, const Result<model::ApiReply>& reply) {
  if (!reply.ok()) return exchange.Fail(reply.error());
  const std::string body = json::ToText(reply->body);
  exchange.Send({.status = reply->status, .body = body, .headers = {}});
}

}  // namespace

Result<model::ApiCall> ApiCallOf(const model::OperationRow& operation, const api::Request& request,
                                 PathValues path) {
  model::ApiCall call = model::MakeCall(operation, std::move(path));
  ASSIGN_OR_RETURN(call.query, DecodeQuery(request.query));
  const std::string_view type = request.Find("content-type").value_or("");
  if (api::IsForm(type)) {
    ASSIGN_OR_RETURN(call.parts, ParseMultipart(type, request.body));
  } else if (!request.body.empty()) {
    auto body = json::ParseJson(request.body);
    if (!body.ok()) {
      return Error{Code::kInvalid,
                   "body: " + body.error().message +
                       " (expected JSON or "
                       "multipart/form-data)",
                   body.error().details};
    }
    call.body = *std::move(body);
  }
  return call;
}

namespace {

// What a body may take until its answer is sent. A form is kept and cut into parts. JSON becomes a
// tree, whose smallest values take 16 bytes for each byte of text.
constexpr std::size_t kFormFactor = 2;
constexpr std::size_t kJsonFactor = 16;

std::size_t MemoryOf(const api::Request& request) {
  const bool form = api::IsForm(request.Find("content-type").value_or(""));
  return request.body.size() * (form ? kFormFactor : kJsonFactor);
}

// "anonymous@192.0.2.7". A name says little of who called while every caller has the same, so
// the address stands beside it.
std::string ActorOf(const model::CallContext& context) {
  std::string actor = context.principal;
  // Without the port, which is another one for each connection.
  const std::string_view host = std::string_view(context.peer).substr(0, context.peer.rfind(':'));
  if (!host.empty()) actor.append("@").append(host);
  return actor;
}

// The job owns the exchange until the answer is back on the reactor. A std::function wants copies,
// so all of it stands behind one shared pointer.
struct PendingCall {
  PendingCall(api::ExchangeRef answered, base::MemoryCharge taken, PathValues values)
      : kept(answered->request()),
        path(std::move(values)),
        actor(ActorOf(answered->context())),
        charge(std::move(taken)),
        exchange(std::move(answered)) {}

  const api::KeptRequest kept;
  const PathValues path;
  const std::string actor;
  base::MemoryCharge charge;
  base::CancelSource cancel;
  api::ExchangeRef exchange;  // of the reactor's thread alone, and ends there
};

PathValues ValuesOf(const api::PathParameters& path) {
  PathValues values;
  for (std::size_t i = 0; i < path.count; ++i) {
    values.emplace(path.entries[i].name, path.entries[i].value);
  }
  return values;
}

// Runs on a thread that may block.
Result<model::ApiReply> Answer(const model::OperationRow& operation,
                               const ManagementHandler::Deps& deps, const PendingCall& pending) {
  ASSIGN_OR_RETURN(model::ApiCall call, ApiCallOf(operation, pending.kept.request(), pending.path));
  call.actor = pending.actor;
  call.cancel = pending.cancel.token();
  ASSIGN_OR_RETURN(model::ApiReply reply, deps.management.Handle(call));
  // A client that promotes and then predicts expects the new version. This thread may block, the
  // reactor may not.
  const bool moved = operation.alias_effect == model::AliasEffect::kMoves;
  if (moved) AwaitTarget(deps.manager, call, reply);
  return reply;
}

void PostReply(net::Reactor& reactor, std::shared_ptr<PendingCall> pending,
               Result<model::ApiReply> reply) {
  auto shared = std::make_shared<Result<model::ApiReply>>(std::move(reply));
  reactor.Post([pending = std::move(pending), shared = std::move(shared)] {
    if (pending->exchange == nullptr) return;  // answered before its memory ran out
    SendReply(*pending->exchange, *shared);
    // The exchange ends on its reactor, whatever thread drops the last copy of the job.
    pending->exchange.reset();
  });
}

}  // namespace

void ManagementHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& path) {
  auto charge = deps_.memory.Take(MemoryOf(exchange->request()), base::MemoryPurpose::kJobs);
  if (!charge.ok()) {
    return exchange->Fail(Error{Code::kUnavailable,
                                "there is not enough memory for this call; try again in a second"});
  }
  auto pending =
      std::make_shared<PendingCall>(std::move(exchange), *std::move(charge), ValuesOf(path));
  pending->exchange->WhenGone(
      [cancel = pending->cancel]() mutable { cancel.Cancel(base::CancelReason::kClientGone); });
  const bool taken = deps_.jobs.TrySubmit(
      {.run = [&operation = operation_, deps = deps_,
               pending] { PostReply(deps.reactor, pending, Answer(operation, deps, *pending)); },
       .refuse = [&reactor = deps_.reactor,
                  pending](const Error& error) { PostReply(reactor, pending, error); },
       .cancel = pending->cancel});
  if (!taken) {
    pending->exchange->Fail(
        Error{Code::kUnavailable, "the management queue is full; try again in a second"});
  }
}

}  // namespace moorage::management_http

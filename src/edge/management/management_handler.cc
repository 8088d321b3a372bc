#include "edge/management/management_handler.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "edge/management/multipart.h"
#include "foundation/base/ascii.h"
#include "foundation/json/json.h"

namespace moorage::management_http {

namespace {

using base::Code;
using base::Error;
using base::Result;

// How long the answer to a move waits until the new target is served.
constexpr std::chrono::seconds kAwaitNewTarget{1};

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

void SendReply(api::Exchange& exchange, const Result<model::ApiReply>& reply) {
  if (!reply.ok()) return exchange.Fail(reply.error());
  const std::string body = json::ToText(reply->body);
  exchange.Send({.status = reply->status, .body = body, .headers = {}});
}

}  // namespace

Result<model::ApiCall> ApiCallOf(const model::OperationRow& operation, const api::Request& request,
                                 const api::PathParameters& path) {
  model::ApiCall call = model::MakeCall(operation);
  for (std::size_t i = 0; i < path.count; ++i) {
    call.parameters.emplace(path.entries[i].name, path.entries[i].value);
  }
  ASSIGN_OR_RETURN(call.query, DecodeQuery(request.query));
  const std::string_view type = request.Find("content-type").value_or("");
  if (IsMultipart(type)) {
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

void ManagementHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& path) {
  auto call = ApiCallOf(operation_, exchange->request(), path);
  if (!call.ok()) return exchange->Fail(call.error());
  call->actor = exchange->context().principal;
  // The job owns the exchange until the answer is back on the reactor. A std::function wants
  // copies, so exchange and call stand behind one shared pointer.
  struct PendingCall {
    api::ExchangeRef exchange;
    model::ApiCall call;
  };
  auto pending = std::make_shared<PendingCall>(PendingCall{std::move(exchange), *std::move(call)});
  const bool taken = deps_.jobs.TrySubmit([deps = deps_, pending] {
    auto reply = std::make_shared<Result<model::ApiReply>>(deps.management.Handle(pending->call));
    // A client that promotes and then predicts expects the new version. This thread may block, the
    // reactor may not.
    const bool moved = pending->call.operation->alias_effect == model::AliasEffect::kMoves;
    if (reply->ok() && moved) deps.manager.NudgeAndWait(kAwaitNewTarget);
    deps.reactor.Post([pending, reply] {
      SendReply(*pending->exchange, *reply);
      // The exchange ends on its reactor, whatever thread drops the last copy of the job.
      pending->exchange.reset();
    });
  });
  if (!taken) {
    pending->exchange->Fail(
        Error{Code::kUnavailable, "the management queue is full; try again in a second"});
  }
}

}  // namespace moorage::management_http

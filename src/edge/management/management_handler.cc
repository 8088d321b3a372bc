#include "edge/management/management_handler.h"

#include <algorithm>
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

// application/x-www-form-urlencoded: "+" is a space, "%41" an A.
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

// What stands before and behind the first `separator`; all of it and nothing if there is none.
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
    if (!out.emplace(name, std::move(value)).second) {
      return Error{Code::kInvalid, "query: '" + name + "' given twice", {{name, "given twice"}}};
    }
  }
  return out;
}

// Whether the call may change what should be served.
bool MovesAlias(const model::ApiCall& call) {
  return call.method != "GET" && call.path.find("/aliases/") != std::string::npos;
}

void SendReply(api::Exchange& exchange, const Result<model::ApiReply>& reply) {
  if (!reply.ok()) return exchange.Fail(reply.error());
  const std::string body = json::ToText(reply->body);
  exchange.Send({.status = reply->status, .body = body, .headers = {}});
}

}  // namespace

Result<model::ApiCall> ApiCallOf(const api::Request& request) {
  model::ApiCall call;
  // What the router takes for the same path and method is the same call.
  call.method = std::string(
      api::Name(request.method == api::Method::kHead ? api::Method::kGet : request.method));
  call.path = std::string(request.path);
  if (call.path.size() > 1 && call.path.ends_with('/')) call.path.pop_back();
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

void ManagementHandler::Handle(api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
  auto call = ApiCallOf(exchange->request());
  if (!call.ok()) return exchange->Fail(call.error());
  call->actor = exchange->context().principal;
  // The job owns the exchange while it is away; a std::function wants copies, so both live behind
  // one shared pointer that only the job and the way back hold.
  struct Journey {
    api::ExchangeRef exchange;
    model::ApiCall call;
  };
  auto journey = std::make_shared<Journey>(Journey{std::move(exchange), *std::move(call)});
  const bool taken = deps_.jobs.TrySubmit([deps = deps_, journey] {
    auto reply = std::make_shared<Result<model::ApiReply>>(deps.management.Handle(journey->call));
    if (reply->ok() && MovesAlias(journey->call)) {
      deps.manager.NudgeAndWait(std::chrono::seconds(1));
    }
    deps.reactor.Post([journey, reply] {
      SendReply(*journey->exchange, *reply);
      journey->exchange.reset();
    });
  });
  if (!taken) {
    journey->exchange->Fail(
        Error{Code::kUnavailable, "the management queue is full; try again in a second"});
  }
}

}  // namespace moorage::management_http

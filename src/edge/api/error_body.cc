#include "edge/api/error_body.h"

#include <vector>

#include "foundation/json/json_output.h"

namespace moorage::api {

void AppendJson(const ErrorBody& body, json::ByteBuffer& out) {
  out.Append(R"({"error":")");
  json::AppendJsonEscaped(body.message, out);
  out.Append(R"(","code":")");
  json::AppendJsonEscaped(body.code, out);
  out.Append(R"(","request_id":")");
  json::AppendJsonEscaped(body.request_id, out);
  out.Append('"');
  if (!body.details.empty()) {
    out.Append(R"(,"details":)");
    char before = '[';
    for (const base::Detail& detail : body.details) {
      out.Append(before);
      out.Append(R"({"path":")");
      json::AppendJsonEscaped(detail.path, out);
      out.Append(R"(","problem":")");
      json::AppendJsonEscaped(detail.problem, out);
      out.Append(R"("})");
      before = ',';
    }
    out.Append(']');
  }
  if (body.remedy != nullptr) {
    out.Append(R"(,"remedy":{"kind":")");
    out.Append(Name(body.remedy->kind));
    out.Append('"');
    if (!body.remedy->subject.empty()) {
      out.Append(R"(,"subject":")");
      json::AppendJsonEscaped(body.remedy->subject, out);
      out.Append('"');
    }
    out.Append('}');
  }
  out.Append('}');
}

void SendError(Exchange& exchange, int status, std::string_view code, const base::Error& error,
               std::span<const Header> headers) {
  exchange.facts().error = code;
  exchange.facts().error_message = error.message;
  json::ByteBuffer body;
  AppendJson({.code = code,
              .message = error.message,
              .request_id = exchange.context().request_id,
              .details = error.details,
              .remedy = error.remedy ? &*error.remedy : nullptr},
             body);
  std::vector<Header> all(headers.begin(), headers.end());
  // Both end by themselves, so a client may try again.
  if (status == 429 || status == 503) all.push_back({"Retry-After", "1"});
  exchange.Send({.status = status, .body = body.view(), .headers = all});
}

}  // namespace moorage::api

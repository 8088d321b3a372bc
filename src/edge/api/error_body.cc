#include "edge/api/error_body.h"

#include <vector>

#include "edge/api/json_output.h"

namespace moorage::api {

void AppendJson(const ErrorBody& body, ByteBuffer& out) {
  out.Append(R"({"error":")");
  AppendJsonEscaped(body.message, out);
  out.Append(R"(","code":")");
  AppendJsonEscaped(body.code, out);
  out.Append(R"(","request_id":")");
  AppendJsonEscaped(body.request_id, out);
  out.Append('"');
  if (!body.details.empty()) {
    out.Append(R"(,"details":)");
    char before = '[';
    for (const base::Detail& detail : body.details) {
      out.Append(before);
      out.Append(R"({"path":")");
      AppendJsonEscaped(detail.path, out);
      out.Append(R"(","problem":")");
      AppendJsonEscaped(detail.problem, out);
      out.Append(R"("})");
      before = ',';
    }
    out.Append(']');
  }
  out.Append('}');
}

void SendError(Exchange& exchange, int status, std::string_view code, const base::Error& error,
               std::span<const Header> headers) {
  exchange.context().error = code;
  exchange.context().error_message = error.message;
  ByteBuffer body;
  AppendJson({.code = code,
              .message = error.message,
              .request_id = exchange.context().request_id,
              .details = error.details},
             body);
  std::vector<Header> all(headers.begin(), headers.end());
  if (status == 429 || status == 503) all.push_back({"Retry-After", "1"});
  exchange.Send({.status = status, .body = body.view(), .headers = all});
}

}  // namespace moorage::api

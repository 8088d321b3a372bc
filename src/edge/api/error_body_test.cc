#include "edge/api/error_body.h"

#include <gtest/gtest.h>

#include "edge/api/status_map.h"
#include "edge/api/testing/fake_exchange.h"
#include "foundation/model/json.h"

namespace moorage::api {
namespace {

TEST(ErrorBody, HasTheOneForm) {
  const std::vector<base::Detail> details = {{"features[3]", "not a number"}, {"x", "y"}};
  ByteBuffer out;
  AppendJson({"invalid_argument", "features: 1 problem", "abc-1", details}, out);
  EXPECT_EQ(
      out.view(),
      R"({"error":"features: 1 problem","code":"invalid_argument","request_id":"abc-1",)"
      R"("details":[{"path":"features[3]","problem":"not a number"},{"path":"x","problem":"y"}]})");
}

TEST(ErrorBody, LeavesDetailsOutIfThereAreNone) {
  ByteBuffer out;
  AppendJson({"not_found", "no", "1", {}}, out);
  EXPECT_EQ(out.view(), R"({"error":"no","code":"not_found","request_id":"1"})");
}

TEST(ErrorBody, StaysJsonWhateverTheMessageHolds) {
  const std::vector<base::Detail> details = {{"\"\\\xff", "\n\x01"}};
  ByteBuffer out;
  AppendJson({"c", "bad \xfe\xff \"name\"", "1", details}, out);
  const auto json = model::ParseJson(out.view());
  ASSERT_TRUE(json.ok()) << out.view();
  EXPECT_EQ((*json)["details"][0]["path"], "\"\\\xEF\xBF\xBD");
}

TEST(SendError, AddsRetryAfterWhereARetryMayHelp) {
  for (const auto& [code, retries] : {std::pair{base::Code::kExhausted, true},
                                      {base::Code::kUnavailable, true},
                                      {base::Code::kInvalid, false},
                                      {base::Code::kDeadline, false}}) {
    FakeExchange call(Method::kGet, "/");
    call.Fail({code, "why"});
    EXPECT_EQ(call.status(), HttpStatus(code));
    EXPECT_EQ(call.AnswerHeader("Retry-After").has_value(), retries) << Name(code);
  }
}

TEST(SendError, TakesACodeOfAProtocolsOwn) {
  FakeExchange call(Method::kGet, "/");
  SendError(call, 400, "unsupported_api_version", {base::Code::kInvalid, "API-Version v9: no"});
  EXPECT_EQ((*model::ParseJson(call.body()))["code"], "unsupported_api_version");
}

TEST(StatusMap, IsTheTableOfTheDocumentation) {
  const std::tuple<base::Code, int, int> rows[] = {
      {base::Code::kInvalid, 400, 3},      {base::Code::kUnauthenticated, 401, 16},
      {base::Code::kDenied, 403, 7},       {base::Code::kNotFound, 404, 5},
      {base::Code::kConflict, 409, 10},    {base::Code::kExhausted, 429, 8},
      {base::Code::kCancelled, 499, 1},    {base::Code::kInternal, 500, 13},
      {base::Code::kCorrupt, 500, 15},     {base::Code::kUnsupported, 501, 12},
      {base::Code::kUnavailable, 503, 14}, {base::Code::kDeadline, 504, 4}};
  for (const auto& [code, http, grpc] : rows) {
    EXPECT_EQ(HttpStatus(code), http);
    EXPECT_EQ(GrpcStatus(code), grpc);
    EXPECT_NE(ReasonPhrase(http), "Unknown");
  }
}

}  // namespace
}  // namespace moorage::api

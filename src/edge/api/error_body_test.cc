#include "edge/api/error_body.h"

#include <gtest/gtest.h>

#include "edge/api/status_map.h"
#include "edge/api/testing/fake_exchange.h"
#include "foundation/json/json.h"

namespace moorage::api {
namespace {

TEST(ErrorBody, HasTheOneForm) {
  const std::vector<base::Detail> details = {{"features[3]", "not a number"}, {"x", "y"}};
  json::ByteBuffer out;
  AppendJson({"invalid_argument", "features: 1 problem", "abc-1", details}, out);
  EXPECT_EQ(
      out.view(),
      R"({"error":"features: 1 problem","code":"invalid_argument","request_id":"abc-1",)"
      R"("details":[{"path":"features[3]","problem":"not a number"},{"path":"x","problem":"y"}]})");
}

TEST(ErrorBody, LeavesDetailsOutIfThereAreNone) {
  json::ByteBuffer out;
  AppendJson({"not_found", "no", "1", {}}, out);
  EXPECT_EQ(out.view(), R"({"error":"no","code":"not_found","request_id":"1"})");
}

TEST(ErrorBody, NamesTheRemedyWithoutTheOptionsOfACommandLine) {
  const base::Remedy with_subject{base::RemedyKind::kSetAlias, "cancer@production"};
  json::ByteBuffer out;
  AppendJson({"not_found", "no", "1", {}, &with_subject}, out);
  EXPECT_EQ(out.view(), R"({"error":"no","code":"not_found","request_id":"1",)"
                        R"("remedy":{"kind":"set_alias","subject":"cancer@production"}})");
  const base::Remedy without{base::RemedyKind::kListLabels};
  out.Clear();
  AppendJson({"not_found", "no", "1", {}, &without}, out);
  EXPECT_EQ(out.view(), R"({"error":"no","code":"not_found","request_id":"1",)"
                        R"("remedy":{"kind":"list_labels"}})");
}

TEST(ErrorBody, StaysJsonWhateverTheMessageHolds) {
  const std::vector<base::Detail> details = {{"\"\\\xff", "\n\x01"}};
  json::ByteBuffer out;
  AppendJson({"c", "bad \xfe\xff \"name\"", "1", details}, out);
  const auto json = json::ParseJson(out.view());
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
  EXPECT_EQ((*json::ParseJson(call.body()))["code"], "unsupported_api_version");
}

}  // namespace
}  // namespace moorage::api

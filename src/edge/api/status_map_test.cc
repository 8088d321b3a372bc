#include "edge/api/status_map.h"

#include <gtest/gtest.h>

#include <tuple>
#include <utility>

namespace moorage::api {
namespace {

TEST(StatusMap, IsTheTableOfTheDocumentation) {
  const std::tuple<base::Code, int, int> rows[] = {
      {base::Code::kInvalid, 400, 3},      {base::Code::kUnauthenticated, 401, 16},
      {base::Code::kDenied, 403, 7},       {base::Code::kNotFound, 404, 5},
      {base::Code::kConflict, 409, 10},    {base::Code::kExhausted, 429, 8},
      {base::Code::kStorageFull, 507, 8},  {base::Code::kCancelled, 499, 1},
      {base::Code::kInternal, 500, 13},    {base::Code::kCorrupt, 500, 15},
      {base::Code::kUnsupported, 501, 12}, {base::Code::kUnavailable, 503, 14},
      {base::Code::kDeadline, 504, 4}};
  for (const auto& [code, http, grpc] : rows) {
    EXPECT_EQ(HttpStatus(code), http);
    EXPECT_EQ(GrpcStatus(code), grpc);
    EXPECT_NE(ReasonPhrase(http), "Unknown");
  }
}

TEST(StatusMap, HasAPhraseForEveryStatusOfTheFraming) {
  for (const int status : {405, 408, 411, 413, 414, 415, 417, 431, 501, 505}) {
    EXPECT_NE(ReasonPhrase(status), "Unknown") << status;
  }
  EXPECT_EQ(ReasonPhrase(404), "Not Found");
  EXPECT_EQ(ReasonPhrase(299), "Unknown");
}

TEST(StatusMap, NamesTheNearestCodeWhereTheFramingDecides) {
  const std::pair<int, const char*> rows[] = {{404, "not_found"},         {405, "invalid_argument"},
                                              {408, "deadline_exceeded"}, {413, "invalid_argument"},
                                              {415, "invalid_argument"},  {501, "unsupported"},
                                              {505, "unsupported"}};
  for (const auto& [status, name] : rows) EXPECT_EQ(CodeOfFraming(status), name) << status;
}

}  // namespace
}  // namespace moorage::api

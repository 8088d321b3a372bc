#include "edge/api/kept_request.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace moorage::api {
namespace {

TEST(KeptRequest, StaysWholeWhenTheBufferIsUsedAgain) {
  std::string buffer = "/models/x|a=b|Accept|text/plain|{\"features\": []}";
  const std::string_view text = buffer;
  const Header headers[] = {{text.substr(14, 6), text.substr(21, 10)}};
  const KeptRequest kept({.method = Method::kPost,
                          .path = text.substr(0, 9),
                          .query = text.substr(10, 3),
                          .headers = headers,
                          .body = text.substr(32)});
  std::ranges::fill(buffer, '\xDD');
  EXPECT_EQ(kept.request().method, Method::kPost);
  EXPECT_EQ(kept.request().path, "/models/x");
  EXPECT_EQ(kept.request().query, "a=b");
  EXPECT_EQ(kept.request().Find("accept"), "text/plain");
  EXPECT_EQ(kept.request().body, "{\"features\": []}");
}

TEST(KeptRequest, KeepsARequestThatHasNothing) {
  const KeptRequest kept(Request{});
  EXPECT_EQ(kept.request().path, "");
  EXPECT_TRUE(kept.request().headers.empty());
  EXPECT_EQ(kept.request().body, "");
}

}  // namespace
}  // namespace moorage::api

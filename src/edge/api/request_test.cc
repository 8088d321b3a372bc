#include "edge/api/request.h"

#include <gtest/gtest.h>

namespace moorage::api {
namespace {

TEST(Request, FindsTheFirstHeaderOfANameCaseInsensitively) {
  const Header headers[] = {{"Accept", "a"}, {"X-Key", "one"}, {"x-key", "two"}};
  const Request request{.headers = headers};
  EXPECT_EQ(request.Find("x-key"), "one");
  EXPECT_EQ(request.Find("x-ke"), std::nullopt);
}

TEST(RequestMethod, IsReadAsItIsWrittenAndCaseSensitively) {
  for (const Method method : {Method::kGet, Method::kHead, Method::kPost, Method::kPut,
                              Method::kPatch, Method::kDelete, Method::kOptions}) {
    EXPECT_EQ(ParseMethod(Name(method)), method);
  }
  EXPECT_EQ(ParseMethod("get"), Method::kOther);
  EXPECT_EQ(ParseMethod("BREW"), Method::kOther);
  EXPECT_EQ(Name(Method::kOther), "OTHER");
}

}  // namespace
}  // namespace moorage::api

#include "edge/api/router.h"

#include <gtest/gtest.h>

namespace moorage::api {
namespace {

class NoHandler : public Handler {
 public:
  void Handle(ExchangeRef /*exchange*/, const PathParameters& /*path*/) override {}
};

class RouterTest : public testing::Test {
 protected:
  base::Status Add(std::string_view name, Method method, std::string_view path) {
    Operation operation;
    operation.name = name;
    operation.method = method;
    operation.path = path;
    return router_.Add({operation, &handler_});
  }

  // "name key=value ..." or "404" or "405 <Allow>".
  std::string Find(Method method, std::string_view path) {
    const Router::Match match = router_.Find(method, path);
    if (match.methods == nullptr) return "404";
    if (match.route == nullptr) return "405 " + AllowedMethods(*match.methods);
    std::string text(match.route->operation.name);
    for (std::size_t i = 0; i < match.parameters.count; ++i) {
      const auto& entry = match.parameters.entries[i];
      text += " " + std::string(entry.name) + "=" + std::string(entry.value);
    }
    return text;
  }

  NoHandler handler_;
  Router router_;
};

TEST_F(RouterTest, FindsPathsWithAndWithoutParameters) {
  ASSERT_TRUE(Add("predict", Method::kPost, "/predict").ok());
  ASSERT_TRUE(Add("root", Method::kGet, "/").ok());
  ASSERT_TRUE(Add("server", Method::kGet, "/v2").ok());
  ASSERT_TRUE(Add("infer", Method::kPost, "/v2/models/{m}/infer").ok());
  ASSERT_TRUE(Add("infer_version", Method::kPost, "/v2/models/{m}/versions/{v}/infer").ok());
  EXPECT_EQ(Find(Method::kPost, "/predict"), "predict");
  EXPECT_EQ(Find(Method::kGet, "/"), "root");
  EXPECT_EQ(Find(Method::kGet, "/v2"), "server");
  EXPECT_EQ(Find(Method::kPost, "/v2/models/cancer/infer"), "infer m=cancer");
  EXPECT_EQ(Find(Method::kPost, "/v2/models/a/versions/1.2.0/infer"), "infer_version m=a v=1.2.0");
  EXPECT_EQ(Find(Method::kPost, "/v2/models//infer"), "404");
  EXPECT_EQ(Find(Method::kPost, "/v2/models/a"), "404");
  EXPECT_EQ(Find(Method::kPost, "/v2/models/a/infer/x"), "404");
  EXPECT_EQ(Find(Method::kPost, "//predict"), "404");
  EXPECT_EQ(Find(Method::kPost, "*"), "404");
  EXPECT_EQ(Find(Method::kPost, ""), "404");
}

TEST_F(RouterTest, TellsPathsOfOneLengthApart) {
  ASSERT_TRUE(Add("stats", Method::kGet, "/api/stats").ok());
  ASSERT_TRUE(Add("ready", Method::kGet, "/api/ready").ok());
  EXPECT_EQ(Find(Method::kGet, "/api/stats"), "stats");
  EXPECT_EQ(Find(Method::kGet, "/api/ready"), "ready");
  EXPECT_EQ(Find(Method::kGet, "/api/state"), "404");
  EXPECT_EQ(Find(Method::kGet, "/api/read"), "404");
  EXPECT_EQ(Find(Method::kGet, "/api/readies"), "404");
}

TEST_F(RouterTest, IgnoresOneTrailingSlash) {
  ASSERT_TRUE(Add("server", Method::kGet, "/v2").ok());
  ASSERT_TRUE(Add("model", Method::kGet, "/v2/models/{m}").ok());
  EXPECT_EQ(Find(Method::kGet, "/v2/"), "server");
  EXPECT_EQ(Find(Method::kGet, "/v2//"), "404");
  EXPECT_EQ(Find(Method::kGet, "/v2/models/a/"), "model m=a");
}

TEST_F(RouterTest, PrefersLiteralsThenPatternsThenBareParameters) {
  ASSERT_TRUE(Add("any", Method::kPost, "/m/{name}").ok());
  ASSERT_TRUE(Add("chosen", Method::kPost, "/m/{name}@{selector}").ok());
  ASSERT_TRUE(Add("predict", Method::kPost, "/m/{name}:predict").ok());
  ASSERT_TRUE(Add("special", Method::kPost, "/m/special").ok());
  ASSERT_TRUE(Add("deep", Method::kPost, "/m/{name}/x").ok());
  EXPECT_EQ(Find(Method::kPost, "/m/special"), "special");
  EXPECT_EQ(Find(Method::kPost, "/m/special/x"), "deep name=special");
  EXPECT_EQ(Find(Method::kPost, "/m/a:predict"), "predict name=a");
  EXPECT_EQ(Find(Method::kPost, "/m/a@production"), "chosen name=a selector=production");
  EXPECT_EQ(Find(Method::kPost, "/m/a@b@c"), "chosen name=a selector=b@c");
  EXPECT_EQ(Find(Method::kPost, "/m/a"), "any name=a");
  EXPECT_EQ(Find(Method::kPost, "/m/:predict"), "any name=:predict");
  EXPECT_EQ(Find(Method::kPost, "/m/a@"), "any name=a@");
}

TEST_F(RouterTest, TellsUnknownPathsFromOtherMethods) {
  ASSERT_TRUE(Add("list", Method::kGet, "/models").ok());
  ASSERT_TRUE(Add("push", Method::kPost, "/models").ok());
  ASSERT_TRUE(Add("drop", Method::kDelete, "/models/{m}").ok());
  EXPECT_EQ(Find(Method::kHead, "/models"), "list");
  EXPECT_EQ(Find(Method::kPut, "/models"), "405 GET, HEAD, POST");
  EXPECT_EQ(Find(Method::kOptions, "/models"), "405 GET, HEAD, POST");
  EXPECT_EQ(Find(Method::kOther, "/models/a"), "405 DELETE");
  EXPECT_EQ(Find(Method::kHead, "/models/a"), "405 DELETE");
  EXPECT_EQ(Find(Method::kOther, "/other"), "404");
}

TEST_F(RouterTest, RefusesTakenAndMalformedTemplates) {
  ASSERT_TRUE(Add("one", Method::kGet, "/a").ok());
  ASSERT_TRUE(Add("two", Method::kGet, "/a/{x}").ok());
  EXPECT_EQ(Add("three", Method::kGet, "/a/").error().code, base::Code::kConflict);
  EXPECT_EQ(Add("four", Method::kGet, "/a/{x}").error().code, base::Code::kConflict);
  EXPECT_TRUE(Add("five", Method::kPost, "/a/{x}").ok());
  for (const std::string_view path :
       {"", "a", "/{", "/{}", "/}", "/{a}{b}", "/a}b", "/{a}/{b}/{c}/{d}"}) {
    EXPECT_EQ(Add("bad", Method::kGet, path).error().code, base::Code::kInvalid) << path;
  }
}

}  // namespace
}  // namespace moorage::api

#include "edge/api/media_type.h"

#include <gtest/gtest.h>

namespace moorage::api {
namespace {

TEST(MediaType, KnowsJsonInUtf8) {
  for (const std::string_view type :
       {"application/json", "Application/JSON", "application/json;charset=utf-8",
        "application/json; charset=\"UTF-8\"", "application/json ; odata=x; charset=utf8",
        "application/problem+json", "application/vnd.kserve+json; charset=utf-8",
        "application/json;"}) {
    EXPECT_TRUE(IsJsonInUtf8(type)) << type;
  }
  for (const std::string_view type :
       {"", "text/plain", "json", "+json", "application/jsonp", "text/json",
        "application/json; charset=iso-8859-1",
        "application/json;charset=", "application/x-www-form-urlencoded"}) {
    EXPECT_FALSE(IsJsonInUtf8(type)) << type;
  }
}

}  // namespace
}  // namespace moorage::api

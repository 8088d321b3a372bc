#include "edge/api/media_type.h"

#include <gtest/gtest.h>

namespace moorage::api {
namespace {

constexpr std::string_view kAnnounced[] = {"application/json",
                                           "Application/JSON",
                                           "application/json;charset=utf-8",
                                           "application/json; charset=\"UTF-8\"",
                                           "application/json ; odata=x; charset=utf8",
                                           "application/problem+json",
                                           "application/vnd.kserve+json; charset=utf-8",
                                           "application/json;"};
constexpr std::string_view kCustomary[] = {"text/json", "Text/JSON; charset=utf-8",
                                           "application/x-www-form-urlencoded",
                                           "application/x-www-form-urlencoded; charset=UTF-8"};

TEST(MediaType, KnowsJsonThatIsAnnounced) {
  for (const std::string_view type : kAnnounced) {
    EXPECT_TRUE(IsJsonInUtf8(type, JsonTypes::kAnnounced)) << type;
    EXPECT_TRUE(IsJsonInUtf8(type, JsonTypes::kCustomary)) << type;
  }
  for (const std::string_view type : kCustomary) {
    EXPECT_FALSE(IsJsonInUtf8(type, JsonTypes::kAnnounced)) << type;
  }
}

TEST(MediaType, KnowsWhatClientsSendWithoutBeingAsked) {
  for (const std::string_view type : kCustomary) {
    EXPECT_TRUE(IsJsonInUtf8(type, JsonTypes::kCustomary)) << type;
  }
}

TEST(MediaType, RefusesOtherTypesAndCharsets) {
  for (const std::string_view type :
       {"", "text/plain", "json", "+json", "application/jsonp", "multipart/form-data; boundary=x",
        "application/json; charset=iso-8859-1", "application/json; charset=utf-16",
        "text/json; charset=utf-16", "application/x-www-form-urlencoded; charset=latin1",
        "application/json;charset="}) {
    EXPECT_FALSE(IsJsonInUtf8(type, JsonTypes::kCustomary)) << type;
  }
}

TEST(MediaType, KnowsAForm) {
  EXPECT_TRUE(IsForm("multipart/form-data; boundary=x"));
  EXPECT_TRUE(IsForm("Multipart/Form-Data"));
  for (const std::string_view type : {"", "multipart/mixed", "multipart/form-data2"}) {
    EXPECT_FALSE(IsForm(type)) << type;
  }
}

TEST(MediaType, NamesTheTypeThatCameAndTheHeaderToSend) {
  EXPECT_EQ(RefusedType("text/csv"),
            "this endpoint reads JSON in UTF-8, and the body is announced as 'text/csv'; send the "
            "header Content-Type: application/json");
  EXPECT_LT(RefusedType(std::string(5000, 'x')).size(), 400U);
}

}  // namespace
}  // namespace moorage::api

#include "foundation/model/api_call.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

constexpr OperationRow kShow{.name = "show", .path = "/models/{name}", .summary = "Show"};

TEST(ApiCall, CarriesTheRowAndTheNamedParameters) {
  const ApiCall call = MakeCall(kShow, {{"name", "cancer"}});
  EXPECT_EQ(call.operation, &kShow);
  EXPECT_EQ(call.Parameter("name"), "cancer");
  EXPECT_EQ(call.Parameter("alias"), "");
  EXPECT_TRUE(call.body.is_null());
  EXPECT_EQ(MakeCall(kShow, {}, json::Json::object()).body, json::Json::object());
}

TEST(SelectorParameters, TakeAVersionOrAnAlias) {
  using Parameters = std::map<std::string, std::string>;
  EXPECT_EQ(SelectorParameters(*ParseModelRef("cancer")),
            (Parameters{{"name", "cancer"}, {"selector", "production"}}));
  EXPECT_EQ(SelectorParameters(*ParseModelRef("cancer@v1.2.0")),
            (Parameters{{"name", "cancer"}, {"selector", "1.2.0"}}));
}

}  // namespace
}  // namespace moorage::model

#include "foundation/base/remedy.h"

#include <gtest/gtest.h>

#include "foundation/base/error.h"

namespace moorage::base {
namespace {

TEST(Remedy, EachKindReadsBackFromItsName) {
  for (int i = 0; i <= static_cast<int>(RemedyKind::kServeRegistry); ++i) {
    const auto kind = static_cast<RemedyKind>(i);
    EXPECT_EQ(ParseRemedyKind(Name(kind)), kind) << Name(kind);
  }
  EXPECT_EQ(Name(RemedyKind::kSetAlias), "set_alias");
  EXPECT_EQ(Name(RemedyKind::kServeRegistry), "serve_registry");
}

TEST(Remedy, AKindThatThisProgramDoesNotKnowIsNone) {
  for (const char* name : {"", "Validate", "pay_more"}) EXPECT_FALSE(ParseRemedyKind(name)) << name;
}

TEST(Remedy, SurvivesTheWayOut) {
  Error error{Code::kDenied, "it was never validated"};
  error.remedy = Remedy{RemedyKind::kValidate, "cancer@1.0.0"};
  EXPECT_EQ(Annotate("promote", error).remedy, error.remedy);
}

}  // namespace
}  // namespace moorage::base

#include "foundation/model/operation_row.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

TEST(OperationRow, NamesItsVerbAsHttpDoes) {
  EXPECT_EQ(Name(Verb::kGet), "GET");
  EXPECT_EQ(Name(Verb::kPost), "POST");
  EXPECT_EQ(Name(Verb::kPut), "PUT");
  EXPECT_EQ(Name(Verb::kDelete), "DELETE");
}

TEST(OperationRow, IsAnsweredByTheRegistryAndMovesNoAliasUnlessItSaysSo) {
  constexpr OperationRow kRow{.name = "doctor", .path = "/doctor", .summary = "Verify"};
  EXPECT_EQ(kRow.answered_by, AnsweredBy::kRegistry);
  EXPECT_EQ(kRow.alias_effect, AliasEffect::kNone);
  EXPECT_EQ(kRow.permission, Permission::kRead);
}

}  // namespace
}  // namespace moorage::model

#include "control/management/operations.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "foundation/model/path_template.h"

namespace moorage::management {
namespace {

TEST(Operations, HaveNamesAndTargetsOfTheirOwn) {
  std::set<std::string> names;
  std::set<std::string> targets;
  for (const ManagementOperation* operation : Operations()) {
    const model::OperationRow& row = operation->row;
    EXPECT_TRUE(names.insert(std::string(row.name)).second) << row.name;
    EXPECT_TRUE(targets.insert(std::string(model::Name(row.verb)) + std::string(row.path)).second)
        << row.path;
    EXPECT_FALSE(row.summary.empty()) << row.name;
    EXPECT_NE(operation->answer, nullptr) << row.name;
  }
}

TEST(Operations, MoveAnAliasOnlyIfTheyAreAllowedToPromote) {
  for (const ManagementOperation* operation : Operations()) {
    const model::OperationRow& row = operation->row;
    EXPECT_EQ(row.alias_effect == model::AliasEffect::kMoves,
              row.permission == model::Permission::kPromote)
        << row.name;
  }
}

TEST(Operations, AreFoundByTheirRow) {
  EXPECT_EQ(FindOperation(&kPush.row), &kPush);
  const model::OperationRow copy = kPush.row;
  EXPECT_EQ(FindOperation(&copy), nullptr) << "the address of a row identifies it";
  EXPECT_EQ(FindOperation(nullptr), nullptr);
}

}  // namespace
}  // namespace moorage::management

#include "domain/registry/alias_move.h"

#include <gtest/gtest.h>

#include <sstream>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

// "1 2 <1 3": promote 1, promote 2, roll back to 1, promote 3.
std::vector<AliasMove> Moves(const std::string& text) {
  std::vector<AliasMove> moves;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool rollback = word.front() == '<';
    moves.push_back({.name = model::ModelName("cancer"),
                     .alias = model::Alias("production"),
                     .verb = rollback ? MoveVerb::kRollback : MoveVerb::kPromote,
                     .from = {},
                     .to = Version((rollback ? word.substr(1) : word) + ".0.0"),
                     .at = {},
                     .actor = "",
                     .reason = "",
                     .evidence = {}});
  }
  return moves;
}

std::string StackAfter(const std::string& moves) {
  std::string text;
  for (const model::SemVer& version : RollbackStack(Moves(moves))) {
    if (!text.empty()) text += " ";
    text += version.major();
  }
  return text;
}

TEST(RollbackStack, PromotionsPushAndRollbacksPop) {
  EXPECT_EQ(StackAfter(""), "");
  EXPECT_EQ(StackAfter("1"), "1");
  EXPECT_EQ(StackAfter("1 2"), "1 2");
  EXPECT_EQ(StackAfter("1 2 <1"), "1");
  EXPECT_EQ(StackAfter("1 2 3 <2"), "1 2");
  EXPECT_EQ(StackAfter("1 2 3 <2 <1"), "1");
}

TEST(RollbackStack, ARollbackThatSkipsVersionsUndoesThemAll) {
  EXPECT_EQ(StackAfter("1 2 3 4 <1"), "1");
  EXPECT_EQ(StackAfter("1 2 3 4 <2 5"), "1 2 5");
}

TEST(RollbackStack, WhatWasUndoneIsNeverGoneBackTo) {
  EXPECT_EQ(StackAfter("1 2 <1 3"), "1 3");
  EXPECT_EQ(StackAfter("1 2 <1 3 <1"), "1");
  EXPECT_EQ(StackAfter("1 2 3 <2 4 <2 <1"), "1");
}

TEST(RollbackStack, AVersionPromotedTwiceIsThereTwice) {
  EXPECT_EQ(StackAfter("1 2 1"), "1 2 1");
  EXPECT_EQ(StackAfter("1 2 1 <2"), "1 2");
  EXPECT_EQ(StackAfter("1 2 1 <2 <1"), "1");
  // To 1 means the earlier 1, not the one that is being rolled back.
  EXPECT_EQ(StackAfter("1 2 3 1 2 <1"), "1 2 3 1");
}

}  // namespace
}  // namespace moorage::registry

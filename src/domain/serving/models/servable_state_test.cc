#include "domain/serving/models/servable_state.h"

#include <gtest/gtest.h>

#include <set>

#include "domain/serving/models/version_records.h"

namespace moorage::models {
namespace {

VersionRecord RecordIn(ServableState state) {
  VersionRecord record{.name = model::ModelName("cancer"),
                       .version = *model::SemVer::Parse("1.0.0"),
                       .digest = model::DigestOf("bytes")};
  record.state = state;
  return record;
}

TEST(ServableStates, TakeEveryMoveOfTheTableAndRefuseEveryOther) {
  for (const ServableState from : kServableStates) {
    for (const ServableState to : kServableStates) {
      VersionRecord record = RecordIn(from);
      if (base::MayMove(kServableMoves, from, to)) {
        record.MoveTo(to);
        EXPECT_EQ(record.state, to);
      } else {
        EXPECT_DEBUG_DEATH(record.MoveTo(to), "MayMove") << Name(from) << " to " << Name(to);
      }
    }
  }
}

TEST(ServableStates, AreReachedFromLoadingAndAllComeToAnEnd) {
  for (const ServableState start : kServableStates) {
    std::set<ServableState> reached = {start};
    for (std::size_t round = 0; round < kServableStates.size(); ++round) {
      for (const auto& move : kServableMoves) {
        if (reached.contains(move.from)) reached.insert(move.to);
      }
    }
    EXPECT_TRUE(reached.contains(ServableState::kUnloaded)) << Name(start);
    if (start == ServableState::kLoading) {
      EXPECT_EQ(reached.size(), kServableStates.size());
    }
    if (start == ServableState::kUnloaded) {
      EXPECT_EQ(reached.size(), 1U);
    }
  }
}

TEST(ServableStates, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const ServableState state : kServableStates) names.insert(Name(state));
  EXPECT_EQ(names.size(), kServableStates.size());
}

}  // namespace
}  // namespace moorage::models

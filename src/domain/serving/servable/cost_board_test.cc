#include "domain/serving/servable/cost_board.h"

#include <gtest/gtest.h>

namespace moorage::servable {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::Instant kStart{minutes(100)};

TEST(CostBoard, KnowsNothingWorseThanTheLineToBeginWith) {
  const CostBoard board;
  EXPECT_EQ(board.Worst(kStart), 1);
  EXPECT_EQ(board.reports(), 0U);
}

TEST(CostBoard, KeepsTheWorstWhateverManyCheapRunsSay) {
  CostBoard board;
  board.Report(1000, kStart);
  for (int run = 0; run < 200; ++run) board.Report(1, kStart + seconds(1));
  EXPECT_GT(board.Worst(kStart + seconds(1)), 900);
  board.Report(2000, kStart + seconds(2));
  EXPECT_EQ(board.Worst(kStart + seconds(2)), 2000);
}

TEST(CostBoard, FadesByHalfEachMinute) {
  CostBoard board;
  board.Report(64, kStart);
  EXPECT_DOUBLE_EQ(board.Worst(kStart + minutes(1)), 32);
  EXPECT_DOUBLE_EQ(board.Worst(kStart + minutes(5)), 2);
  EXPECT_DOUBLE_EQ(board.Worst(kStart + minutes(60)), 1);
  board.Report(3, kStart + minutes(5));
  EXPECT_DOUBLE_EQ(board.Worst(kStart + minutes(5)), 3);
}

TEST(CostBoard, ShowsThatThereIsANewReport) {
  CostBoard board;
  board.Report(8, kStart);
  board.Report(2, kStart);
  EXPECT_EQ(board.reports(), 2U);
}

}  // namespace
}  // namespace moorage::servable

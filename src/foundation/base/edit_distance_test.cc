#include "foundation/base/edit_distance.h"

#include <gtest/gtest.h>

namespace moorage::base {
namespace {

TEST(EditDistance, CountsInsertionsRemovalsAndReplacements) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("abc", ""), 3U);
  EXPECT_EQ(EditDistance("cancre", "cancer"), 2U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("listen", "listen"), 0U);
}

TEST(EditDistance, IsTheSameInBothDirections) {
  EXPECT_EQ(EditDistance("recall_macro", "recal_makro"),
            EditDistance("recal_makro", "recall_macro"));
}

}  // namespace
}  // namespace moorage::base

#include "edge/inference/no_query.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::inference {
namespace {

TEST(NoQuery, NamesTheParameterThatIsNotKnown) {
  for (const char* query : {"x=1", "x", "&x=1&y=2", "x&y", "x="}) {
    const auto checked = CheckNoQuery(query);
    ASSERT_FALSE(checked.ok()) << query;
    EXPECT_EQ(checked.error().message, "query 'x': unknown; this call takes none");
    EXPECT_EQ(checked.error().details.at(0).path, "query 'x'");
  }
  EXPECT_LT(CheckNoQuery(std::string(100000, 'x')).error().message.size(), 400U);
}

TEST(NoQuery, TakesAQueryThatNamesNothing) {
  EXPECT_TRUE(CheckNoQuery("").ok());
  EXPECT_TRUE(CheckNoQuery("&").ok());
}

}  // namespace
}  // namespace moorage::inference

#include "foundation/model/outcome.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

TEST(Outcome, IsWrittenAndReadByTheSameFourNames) {
  const struct {
    Outcome outcome;
    const char* name;
  } rows[] = {{Outcome::kPass, "PASS"},
              {Outcome::kFail, "FAIL"},
              {Outcome::kInconclusive, "INCONCLUSIVE"},
              {Outcome::kError, "ERROR"}};
  for (const auto& row : rows) {
    EXPECT_EQ(Name(row.outcome), row.name);
    const auto read = ParseOutcome(row.name);
    ASSERT_TRUE(read.ok()) << row.name;
    EXPECT_EQ(*read, row.outcome);
  }
}

TEST(Outcome, OfAnotherNameIsRefusedWithTheNamesThatThereAre) {
  for (const char* text : {"", "pass", "PASS ", "PASSED", "SKIPPED"}) {
    const auto read = ParseOutcome(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, base::Code::kInvalid);
  }
  EXPECT_EQ(ParseOutcome("maybe").error().message,
            "outcome 'maybe': expected PASS, FAIL, INCONCLUSIVE or ERROR");
}

}  // namespace
}  // namespace moorage::model

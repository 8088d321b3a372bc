#include "foundation/json/foreign_word.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foundation/json/json.h"
#include "foundation/json/json_cursor.h"

namespace moorage::json {
namespace {

using testing::HasSubstr;

// What both readers say of a text.
void ExpectNamed(const std::string& text, const std::string& problem) {
  const auto document = ParseJson(text);
  ASSERT_FALSE(document.ok()) << text;
  EXPECT_THAT(document.error().message, HasSubstr(problem)) << text;
  JsonCursor cursor(text);
  cursor.Skip();
  ASSERT_TRUE(cursor.failed()) << text;
  EXPECT_EQ(std::string(cursor.problem()), problem) << text;
}

TEST(AForeignWord, IsNamedWithWhatToSendInItsPlace) {
  ExpectNamed("[NaN,1]", "NaN is not JSON; send null for a missing value");
  ExpectNamed("[1,nan]", "NaN is not JSON; send null for a missing value");
  ExpectNamed("{\"a\": None}", "None is not JSON; send null");
  ExpectNamed("[True]", "True is not JSON; send true");
  ExpectNamed("[Infinity]",
              "Infinity is not JSON; send a finite number, or null for a missing value");
  ExpectNamed("[1, -Infinity]",
              "Infinity is not JSON; send a finite number, or null for a missing value");
  ExpectNamed("[-inf]", "Infinity is not JSON; send a finite number, or null for a missing value");
  ExpectNamed("{'a': 1}", "single quotes are not JSON; put strings in double quotes");
  ExpectNamed("{\"a\": 'b'}", "single quotes are not JSON; put strings in double quotes");
}

TEST(AForeignWord, IsWholeAndStandsAtTheBeginning) {
  for (const char* text :
       {"", "Nothing", "Nones", "null", "true", "-1", "x NaN", "N", "infinite"}) {
    EXPECT_EQ(ForeignWordProblem(text), nullptr) << text;
  }
  EXPECT_NE(ForeignWordProblem("None"), nullptr);
}

}  // namespace
}  // namespace moorage::json

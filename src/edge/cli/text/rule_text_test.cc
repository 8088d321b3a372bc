#include "edge/cli/text/rule_text.h"

#include <gtest/gtest.h>

namespace moorage::cli_text {
namespace {

using json::Json;

Json Rule() {
  return {{"name", "cancer"},   {"alias", "production"},     {"revision", 2},
          {"proof", "pass"},    {"policies", {"sha256:aa"}}, {"policy", {{"minimum_rows", 7}}},
          {"fewest_rows", 500}, {"fresh_for", "30d"},        {"baseline", "current"}};
}

TEST(RuleText, ShowsWhatCounts) {
  EXPECT_EQ(RuleText(Rule()),
            "cancer@production  revision 2\n"
            "  proof     a validation with the outcome PASS\n"
            "  policy    sha256:aa\n"
            "            {\"minimum_rows\":7}\n"
            "  rows      at least 500\n"
            "  fresh     for 30d\n"
            "  baseline  what the alias serves when it moves\n");
}

TEST(RuleText, IsShortWhereNothingIsAsked) {
  Json rule = Rule();
  rule["proof"] = "none";
  rule["revision"] = 0;
  EXPECT_EQ(RuleText(rule),
            "cancer@production  standard rule\n  proof     none; any published version\n");
}

TEST(VerdictText, NamesTheFirstConditionThatIsNotMet) {
  Json verdict = {{"alias", "production"}, {"allowed", true}, {"steps", Json::array()}};
  EXPECT_EQ(VerdictText(verdict), "promote to production: allowed");
  verdict["allowed"] = false;
  verdict["steps"] = {{{"name", "validated"}, {"met", true}, {"why", "a"}},
                      {{"name", "rows"}, {"met", false}, {"why", "too few"}}};
  EXPECT_EQ(VerdictText(verdict), "promote to production: not allowed: too few");
}

}  // namespace
}  // namespace moorage::cli_text

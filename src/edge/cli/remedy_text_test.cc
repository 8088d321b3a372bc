#include "edge/cli/remedy_text.h"

#include <gtest/gtest.h>

namespace moorage::cli {
namespace {

using base::RemedyKind;

TEST(RemedyText, NamesTheOptionsThatMendTheError) {
  const struct {
    base::Remedy remedy;
    const char* text;
  } rows[] = {
      {{RemedyKind::kSetAlias, "wine@production"},
       "; set it with: moorage promote wine@VERSION --to production"},
      {{RemedyKind::kMoveAlias, "cancer@staging"}, ": moorage promote cancer@OTHER --to staging"},
      {{RemedyKind::kValidate, "cancer@1.1.0"},
       "; run: moorage validate cancer@1.1.0 --data FILE --target COLUMN, or give --force --reason "
       "TEXT"},
      {{RemedyKind::kGiveReason}, ": --force --reason TEXT"},
      {{RemedyKind::kNameVersion}, " with --version"},
      {{RemedyKind::kListLabels}, " (--labels)"},
      {{RemedyKind::kNameTask}, ", or with --task classification|regression|other"},
      {{RemedyKind::kNameRoles},
       " (--output-role OUTPUT=ROLE, for instance --output-role label=label)"},
      {{RemedyKind::kAllowMissing}, "; if it does, push it with --allow-missing"},
      {{RemedyKind::kNameRoles, "label=label,probabilities=scores"},
       " (--output-role label=label --output-role probabilities=scores)"},
      {{RemedyKind::kServeRegistry},
       "; start `moorage serve` without --model and MODEL_PATH to have one"}};
  for (const auto& row : rows) EXPECT_EQ(RemedyText(row.remedy), row.text);
}

TEST(RemedyText, ASubjectWithoutAnAliasLeavesItsPlaceEmpty) {
  EXPECT_EQ(RemedyText({RemedyKind::kMoveAlias, "cancer"}), ": moorage promote cancer@OTHER --to ");
}

}  // namespace
}  // namespace moorage::cli

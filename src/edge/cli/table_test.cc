#include "edge/cli/table.h"

#include <gtest/gtest.h>

namespace moorage::cli {
namespace {

TEST(Table, AlignsTextLeftAndNumbersRight) {
  Table table({{"NAME"}, {"ROWS", Align::kRight}, {"NOTE"}});
  table.Add({"a", "5", "x"});
  table.Add({"longer", "1234567", ""});
  EXPECT_EQ(table.ToText(),
            "NAME       ROWS  NOTE\n"
            "a             5  x\n"
            "longer  1234567  \n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({{"NAME"}, {"X"}});
  table.Add({"größe", "1"});
  table.Add({"plain", "2"});
  EXPECT_EQ(table.ToText(), "NAME   X\ngröße  1\nplain  2\n");
  EXPECT_EQ(DisplayWidth("日本"), 2U);
}

TEST(Table, GivesColoursNoWidth) { EXPECT_EQ(DisplayWidth("\033[32mPASS\033[0m"), 4U); }

}  // namespace
}  // namespace moorage::cli

#include "edge/cli/text/table.h"

#include <gtest/gtest.h>

namespace moorage::cli_text {
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

TEST(Table, FitsATerminalAtTheExpenseOfItsWidestText) {
  Table table({{"ID", Align::kRight}, {"WHO"}, {"WHY"}});
  table.Add({"1234567", "somebody", "a reason that is much too long"});
  table.Add({"2", "me", "short"});
  EXPECT_EQ(table.ToText(33),
            "     ID  WHO       WHY\n"
            "1234567  somebody  a reason that…\n"
            "      2  me        short\n");
  EXPECT_EQ(table.ToText(200), table.ToText());
}

TEST(Table, SharesTheLossBetweenTextsOfOneLength) {
  Table table({{"A"}, {"B"}});
  table.Add({std::string(30, 'a'), std::string(30, 'b')});
  EXPECT_EQ(table.ToText(32),
            "A                B\n" + std::string(14, 'a') + "…  " + std::string(14, 'b') + "…\n");
}

TEST(Table, IsCutWhereEvenNarrowColumnsDoNotFit) {
  Table table({{"NUMBER", Align::kRight}, {"NAME"}});
  table.Add({"123456789012", "cancer"});
  for (std::size_t width = 1; width < 25; ++width) {
    const std::string text = table.ToText(width);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      EXPECT_LE(DisplayWidth(text.substr(at, end - at)), width);
      at = end + 1;
    }
  }
}

TEST(Table, KeepsACellOnItsLine) {
  Table table({{"REASON"}, {"BY"}});
  table.Add({"first\nsecond\tthird", "me"});
  EXPECT_EQ(table.ToText(), "REASON              BY\nfirst second third  me\n");
}

TEST(Shortened, CutsBetweenCharactersAndLeavesColoursOn) {
  EXPECT_EQ(Shortened("größer", 6), "größer");
  EXPECT_EQ(Shortened("größer", 5), "größ…");
  EXPECT_EQ(Shortened("größer", 1), "…");
  EXPECT_EQ(Shortened("\033[31mINCONCLUSIVE\033[0m", 4), "\033[31mINC…\033[0m");
  EXPECT_EQ(Shortened("sha256:ab… and more", 11), "sha256:ab…");
}

TEST(Table, GivesColoursNoWidth) { EXPECT_EQ(DisplayWidth("\033[32mPASS\033[0m"), 4U); }

}  // namespace
}  // namespace moorage::cli_text

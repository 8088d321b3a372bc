#include "edge/cli/command_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace moorage::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CommandOptionsTest : public testing::Test {
 protected:
  CommandOptionsTest() {
    app_.name("moorage");
    command_.set_help_flag();
    AddWord(command_, "name", "The model").type_name("NAME");
    AddText(command_, "--bump", "STEP", "How much");
    AddTexts(command_, "--tag", "KEY=VALUE", "Anything");
    AddFlag(command_, "--force", "Anyway");
  }
  // True if the words are understood.
  bool Parse(const std::string& words) {
    try {
      app_.parse(words);
      return true;
    } catch (const CLI::ParseError&) {
      return false;
    }
  }

  CLI::App app_;
  CLI::App& command_ = *app_.add_subcommand("push", "Register a version");
};

TEST_F(CommandOptionsTest, AreReadAsTheyWereSaid) {
  ASSERT_TRUE(Parse("push cancer --bump minor --tag a=1 --force --tag b=2"));
  EXPECT_EQ(Text(command_, "name"), "cancer");
  EXPECT_EQ(Text(command_, "--bump"), "minor");
  EXPECT_THAT(Texts(command_, "--tag"), ElementsAre("a=1", "b=2"));
  EXPECT_TRUE(Has(command_, "--force"));
}

TEST_F(CommandOptionsTest, AreEmptyWhereNothingWasSaid) {
  ASSERT_TRUE(Parse("push cancer"));
  EXPECT_FALSE(Has(command_, "--bump"));
  EXPECT_FALSE(Has(command_, "--force"));
  EXPECT_EQ(Text(command_, "--bump"), "");
  EXPECT_THAT(Texts(command_, "--tag"), IsEmpty());
}

TEST_F(CommandOptionsTest, TakeAnOptionOnceAndItsValueNotTheNextWord) {
  EXPECT_FALSE(Parse("push cancer --bump minor --bump major"));
  EXPECT_FALSE(Parse("push cancer --tag a=1 b=2"));
  EXPECT_FALSE(Parse("push"));
}

TEST_F(CommandOptionsTest, ShowExamplesAboveTheFooter) {
  command_.footer("Last words.");
  AddExamples(command_, {"moorage push cancer model.onnx", "moorage push wine wine.onnx"});
  EXPECT_EQ(command_.get_footer(),
            "Examples:\n"
            "  moorage push cancer model.onnx\n"
            "  moorage push wine wine.onnx\n"
            "\n"
            "Last words.");
}

TEST_F(CommandOptionsTest, KnowWhereACommandStands) {
  EXPECT_EQ(FullName(command_), "moorage push");
  EXPECT_THAT(Below(app_), ElementsAre(&command_));
  EXPECT_THAT(Below(command_), IsEmpty());
}

}  // namespace
}  // namespace moorage::cli

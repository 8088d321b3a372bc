#include "edge/cli/completion.h"

#include <gtest/gtest.h>

#include <string>

#include "edge/cli/command_options.h"

namespace moorage::cli {
namespace {

// A command with options, one without, and a group.
class CompletionTest : public testing::Test {
 protected:
  CompletionTest() {
    app_.name("m");
    app_.set_help_flag("-h,--help", "Help");
    CLI::App& push = *app_.add_subcommand("push", "Register a model's file");
    push.set_help_flag();
    AddWord(push, "name", "The model");
    AddText(push, "--bump", "STEP", "How much");
    AddFlag(push, "--force", "Anyway");
    CLI::App& config = *app_.add_subcommand("config", "Look");
    config.set_help_flag();
    config.add_subcommand("show", "Print")->set_help_flag();
  }

  CLI::App app_;
};

TEST_F(CompletionTest, OfBashKnowsCommandsAndOptionsOfEveryPlace) {
  const std::string script = BashCompletion(app_);
  for (const char* line :
       {"    \" push\" | \" config\" | \"config show\") at=",
        "  \"\") commands=\"push config\" options=\"--help\" ;;\n",
        "  \"push\") commands=\"\" options=\"--bump --force\" ;;\n",
        "  \"config\") commands=\"show\" options=\"\" ;;\n", "complete -o default -F _m m\n"}) {
    EXPECT_NE(script.find(line), std::string::npos) << line << "in\n" << script;
  }
}

TEST_F(CompletionTest, OfZshQuotesDescriptions) {
  const std::string script = ZshCompletion(app_);
  for (const char* line : {"#compdef m\n", "    (\" push\"|\" config\"|\"config show\") at=",
                           "    commands=( 'push:Register a model'\\''s file' 'config:Look' )\n",
                           "    options=( '--bump:How much' '--force:Anyway' )\n"}) {
    EXPECT_NE(script.find(line), std::string::npos) << line << "in\n" << script;
  }
}

TEST_F(CompletionTest, OfFishTellsOptionsWithAValueFromFlags) {
  const std::string script = FishCompletion(app_);
  for (const char* line :
       {"            case ' push' ' config' 'config show'\n",
        "complete -c m -n '__m_at \"\"' -f -a push -d 'Register a model\\'s file'\n",
        "complete -c m -n '__m_at \"push\"' -l bump -r -d 'How much'\n",
        "complete -c m -n '__m_at \"push\"' -l force -d 'Anyway'\n",
        "complete -c m -n '__m_at \"config\"' -f -a show -d 'Print'\n"}) {
    EXPECT_NE(script.find(line), std::string::npos) << line << "in\n" << script;
  }
}

}  // namespace
}  // namespace moorage::cli

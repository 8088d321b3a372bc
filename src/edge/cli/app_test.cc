#include "edge/cli/app.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "control/management/operations.h"
#include "edge/cli/testing/command_fixture.h"
#include "foundation/base/testing/temporary_directory.h"

namespace moorage::cli {
namespace {

using base::Code;
using base::Error;
using json::Json;

class AppTest : public CommandFixture {};

TEST_F(AppTest, EveryCommandHasHelpAndTheCommonOptions) {
  for (const char* name : {"serve", "push", "models", "show", "diff", "history", "audit",
                           "validate", "promote", "rollback", "predict", "delete", "gc", "doctor",
                           "healthcheck", "status", "version", "completion", "help"}) {
    EXPECT_EQ(RunWords({name, "--help"}), 0) << name;
  }
  const std::string printed = Printed();
  std::size_t examples = 0;
  for (std::size_t at = printed.find("Examples:\n  "); at != std::string::npos;
       at = printed.find("Examples:\n  ", at + 1)) {
    ++examples;
  }
  EXPECT_EQ(examples, 19U);
  for (const char* option : {"--json", "--config", "--server", "--token"}) {
    EXPECT_NE(printed.find(option), std::string::npos) << option;
  }
  EXPECT_EQ(opened_, 0);
}

TEST_F(AppTest, AnswersATypoWithTheNearestCommand) {
  EXPECT_EQ(RunWords({"modles"}), 64);
  EXPECT_EQ(Said(),
            "moorage: unknown command 'modles'; did you mean 'models'?\nSee: moorage --help\n");
  EXPECT_EQ(Printed(), "");
}

TEST_F(AppTest, AnswersATypoInAnOptionWithTheNearestOption) {
  EXPECT_EQ(RunWords({"promote", "cancer@1.0.0", "--too", "production"}), 64);
  EXPECT_NE(Said().find("did you mean '--to'?"), std::string::npos) << Said();
  EXPECT_EQ(opened_, 0);
}

TEST_F(AppTest, NamesAnUnknownOptionBeforeTheOnesThatAreMissing) {
  EXPECT_EQ(RunWords({"validate", "cancer@1.0.0", "--taget=x"}), 64);
  EXPECT_EQ(Said(),
            "moorage: unknown option '--taget'; did you mean '--target'?\n"
            "See: moorage validate --help\n");
}

TEST_F(AppTest, HelpOfACommandIsWhatItsOptionPrints) {
  EXPECT_EQ(RunWords({"push", "--help"}), 0);
  const std::string by_option = Printed();
  EXPECT_EQ(RunWords({"help", "push"}), 0);
  EXPECT_EQ(Printed(), by_option + by_option);
}

TEST_F(AppTest, HelpFindsCommandsOfGroupsAndTypos) {
  EXPECT_EQ(RunWords({"help"}), 0);
  EXPECT_NE(Printed().find("Subcommands:"), std::string::npos);
  EXPECT_EQ(RunWords({"help", "config", "show"}), 0);
  EXPECT_NE(Printed().find("Usage: moorage config show"), std::string::npos);
  EXPECT_EQ(RunWords({"help", "config", "shwo"}), 64);
  EXPECT_EQ(RunWords({"help", "pusj"}), 64);
  EXPECT_EQ(Said(),
            "moorage: unknown command 'shwo'; did you mean 'show'?\nSee: moorage config --help\n"
            "moorage: unknown command 'pusj'; did you mean 'push'?\nSee: moorage --help\n");
}

TEST_F(AppTest, ShowsAModelThatIsServedFromAFile) {
  Answer(R"({"name": "cancer", "version": "1.0.0", "artifact": "sha256:00", "size": null,
             "created": null, "actor": null, "aliases": ["production"],
             "manifest": {"task": "other", "signature": {"inputs": [], "outputs": []},
                          "output_roles": {}, "labels": [], "features": [], "metrics": {},
                          "tags": {}, "golden": []}})");
  EXPECT_EQ(RunWords({"show", "cancer"}), 0);
  EXPECT_NE(Printed().find("Served from a file; not in a registry.\n"), std::string::npos);
}

TEST_F(AppTest, AnErrorOfAServerDoesNotReachTheTerminalsControls) {
  script_.answer = Error{Code::kInvalid, "bad \033[2J name"};
  EXPECT_EQ(RunWords({"models"}), 3);
  EXPECT_EQ(Said(), "moorage: bad \xEF\xBF\xBD[2J name\n");
}

TEST_F(AppTest, PrintsTheDocumentAsItCameWithJson) {
  Answer(R"({"models": []})");
  EXPECT_EQ(RunWords({"models", "--json"}), 0);
  EXPECT_EQ(Printed(), "{\n  \"models\": []\n}\n");
  EXPECT_EQ(Said(), "");
}

TEST_F(AppTest, TakesTheCommonOptionsBeforeTheCommandToo) {
  Answer(R"({"models": []})");
  EXPECT_EQ(RunWords({"--json", "models"}), 0);
  EXPECT_EQ(Printed(), "{\n  \"models\": []\n}\n");
  EXPECT_EQ(RunWords({"--server", "http://127.0.0.1:1", "models"}), 3);
  EXPECT_NE(Said().find("server http://127.0.0.1:1"), std::string::npos) << Said();
}

TEST_F(AppTest, TellsARefusalFromAnError) {
  script_.answer = Error{Code::kDenied, "no PASS"};
  EXPECT_EQ(RunWords({"promote", "cancer@1.0.0", "--to", "production"}), 1);
  script_.answer = Error{Code::kNotFound, "no such version"};
  EXPECT_EQ(RunWords({"promote", "cancer@1.0.0", "--to", "production"}), 3);
  EXPECT_EQ(Said(), "moorage: no PASS\nmoorage: no such version\n");
}

TEST_F(AppTest, ListsTheDetailsOfAnErrorThatHasSeveral) {
  script_.answer = Error{Code::kInvalid,
                         "features[0]: not a number",
                         {{"features[0]", "not a number"}, {"features[3]", "missing"}}};
  EXPECT_EQ(RunWords({"models"}), 3);
  EXPECT_EQ(Said(),
            "moorage: features[0]: not a number\n"
            "  features[0]: not a number\n"
            "  features[3]: missing\n");
}

TEST_F(AppTest, PromoteAsksForTheMoveThatWasSaid) {
  Answer(R"({"name": "cancer", "alias": "production", "from": null, "to": "1.0.0",
             "reason": "why", "forced": true, "changed": true})");
  EXPECT_EQ(RunWords({"promote", "cancer@v1.0.0", "--to", "production", "--force", "--reason",
                      "why", "--expect", "none"}),
            0);
  ASSERT_EQ(script_.calls.size(), 1U);
  EXPECT_EQ(script_.calls[0].operation, &management::kPromote.row);
  EXPECT_EQ(script_.calls[0].Parameter("name"), "cancer");
  EXPECT_EQ(script_.calls[0].Parameter("alias"), "production");
  EXPECT_EQ(
      script_.calls[0].body,
      Json::parse(R"({"version": "1.0.0", "force": true, "reason": "why", "expected": null})"));
  EXPECT_EQ(Printed(), "cancer@production -> 1.0.0 (new alias), forced: why\n");
}

TEST_F(AppTest, PredictShowsWhereInTheRowAValueIsWrong) {
  script_.answer =
      Error{Code::kInvalid, "instances[0][3]: not a number", {{"instances[0][3]", "not a number"}}};
  EXPECT_EQ(RunWords({"predict", "cancer", "--features", "[1, 2, 3, \"x\"]"}), 3);
  EXPECT_EQ(Said(), "moorage: features[3]: not a number\n");
  ASSERT_EQ(script_.calls.size(), 1U);
  EXPECT_EQ(script_.calls[0].operation, &management::kPredict.row);
  EXPECT_EQ(script_.calls[0].Parameter("ref"), "cancer@production");
  EXPECT_EQ(script_.calls[0].body, Json::parse(R"({"instances": [[1, 2, 3, "x"]]})"));
}

TEST_F(AppTest, PredictWithNothingToPredictIsWrongUsage) {
  EXPECT_EQ(RunWords({"predict", "cancer"}), 64);
}

TEST_F(AppTest, ServeTakesTheModelOfTheEnvironment) {
  environment_ = {{"MODEL_PATH", "models/cancer.onnx"}, {"PORT", "8123"}};
  EXPECT_EQ(RunWords({"serve"}), 0) << Said();
  ASSERT_EQ(serve_options_.models.size(), 1U);
  EXPECT_EQ(serve_options_.models[0].path, "models/cancer.onnx");
  EXPECT_EQ(served_.server.listen.port, 8123);
}

TEST_F(AppTest, ServeTakesAPathThatHoldsAnEqualsSign) {
  environment_ = {{"MODEL_PATH", "run=3/model.onnx"}};
  EXPECT_EQ(RunWords({"serve"}), 0) << Said();
  ASSERT_EQ(serve_options_.models.size(), 1U);
  EXPECT_EQ(serve_options_.models[0].path, "run=3/model.onnx");
  EXPECT_EQ(serve_options_.models[0].name, "");
  // A file of exactly this name wins over FILE=NAME.
  const base::TemporaryDirectory folder;
  const std::string file = folder / "run=three";
  std::ofstream(file) << "x";
  EXPECT_EQ(RunWords({"serve", "--model", file.c_str(), "--model", "run=3/a.onnx=alpha"}), 0);
  ASSERT_EQ(serve_options_.models.size(), 2U);
  EXPECT_EQ(serve_options_.models[0].path, file);
  EXPECT_EQ(serve_options_.models[1].path, "run=3/a.onnx");
  EXPECT_EQ(serve_options_.models[1].name, "alpha");
}

TEST_F(AppTest, AnOutputThatCannotBeWrittenIsAnError) {
  Answer(R"({"models": []})");
  std::FILE* const out = std::exchange(out_, std::fopen("/dev/full", "w"));
  for (const std::vector<const char*>& words :
       {std::vector{"models"}, {"models", "--json"}, {"version"}, {"--help"}, {"push", "--help"}}) {
    EXPECT_EQ(RunWords(words), 3) << words[0];
  }
  (void)std::fclose(std::exchange(out_, out));
  EXPECT_NE(Said().find("moorage: the output cannot be written: No space left on device"),
            std::string::npos)
      << Said();
}

TEST_F(AppTest, WordsWinOverTheEnvironment) {
  environment_ = {{"MODEL_PATH", "models/cancer.onnx"}, {"PORT", "8123"}, {"LOG_LEVEL", "error"}};
  EXPECT_EQ(RunWords({"serve", "--model", "a.onnx=alpha", "--model", "b.onnx", "--listen",
                      "127.0.0.1:0", "--log-level", "debug"}),
            0)
      << Said();
  ASSERT_EQ(serve_options_.models.size(), 2U);
  EXPECT_EQ(serve_options_.models[0].name, "alpha");
  EXPECT_EQ(serve_options_.models[1].path, "b.onnx");
  EXPECT_EQ(served_.server.listen.port, 0);
  EXPECT_EQ(served_.logging.level, config::LogLevel::kDebug);
}

TEST_F(AppTest, AServerThatIsNotThereIsAnError) {
  EXPECT_EQ(RunWords({"models", "--server", "http://127.0.0.1:1"}), 3);
  EXPECT_NE(Said().find("is `moorage serve` running there?"), std::string::npos) << Said();
  EXPECT_EQ(opened_, 0);
}

TEST_F(AppTest, PrintsItsVersion) {
  EXPECT_EQ(RunWords({"version"}), 0);
  EXPECT_EQ(Printed(), "moorage 9.9.9\n");
}

}  // namespace
}  // namespace moorage::cli

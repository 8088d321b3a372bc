#include "edge/cli/shell.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "control/management/operations.h"
#include "edge/cli/testing/fake_connection.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/base/testing/temporary_directory.h"

namespace moorage::cli {
namespace {

using base::Code;
using base::Error;
using cli_text::Width;
using json::Json;

struct CloseFile {
  void operator()(std::FILE* file) const { (void)std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string Written(std::FILE* file) {
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    text.push_back(static_cast<char>(c));
  }
  return text;
}

// A terminal of so many columns, without a person before it.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) : controller_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_EQ(::grantpt(controller_), 0);
    EXPECT_EQ(::unlockpt(controller_), 0);
    char name[64] = {};
    EXPECT_EQ(::ptsname_r(controller_, name, sizeof(name)), 0);
    screen_.reset(::fdopen(::open(name, O_RDWR | O_NOCTTY), "r+"));
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    EXPECT_EQ(::ioctl(controller_, TIOCSWINSZ, &size), 0);
  }
  ~Terminal() { ::close(controller_); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  std::FILE* screen() const { return screen_.get(); }

 private:
  const int controller_;
  File screen_;
};

class ShellTest : public testing::Test {
 protected:
  Surroundings Make(std::FILE* out, std::FILE* err) {
    return {.environment = environment_,
            .files = base::PosixFileSystem::Get(),
            .clock = clock_,
            .out = out,
            .err = err,
            .version = "9.9.9",
            .open_local =
                [this](const config::Config& /*config*/) {
                  ++opened_;
                  return base::Result<std::unique_ptr<ApiConnection>>(
                      std::make_unique<FakeConnection>(script_));
                },
            .serve = {}};
  }
  std::string Wrote(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
    return directory_ / name;
  }

  const base::TemporaryDirectory directory_;
  const File out_{std::tmpfile()};
  const File err_{std::tmpfile()};
  base::FakeClock clock_;
  std::map<std::string, std::string> environment_;
  FakeConnection::Script script_;
  int opened_ = 0;
};

TEST_F(ShellTest, AWordWinsOverTheEnvironmentAndTheEnvironmentOverTheFile) {
  environment_ = {{"MOORAGE_SERVING__BATCH_SIZE", "16"}, {"PORT", "8123"}};
  const Surroundings surroundings = Make(out_.get(), err_.get());
  Shell shell(surroundings);
  shell.options().config = Wrote("m.yaml", "serving: {batch_size: 8, timeout: 5s}\n");
  auto loaded = shell.LoadConfig();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->config.serving.batch_size, 16U);
  EXPECT_EQ(loaded->config.serving.timeout, std::chrono::seconds(5));
  EXPECT_EQ(loaded->config.server.listen.port, 8123);
  shell.Override("--batch", "MOORAGE_SERVING__BATCH_SIZE", "4");
  shell.Override("--listen", "MOORAGE_SERVER__LISTEN", "127.0.0.1:0");
  loaded = shell.LoadConfig();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->config.serving.batch_size, 4U);
  EXPECT_EQ(loaded->config.server.listen.port, 0);
}

TEST_F(ShellTest, ErrorsSpeakOfTheOptionThatWasSaid) {
  const Surroundings surroundings = Make(out_.get(), err_.get());
  Shell shell(surroundings);
  shell.Override("--listen", "MOORAGE_SERVER__LISTEN", "nowhere");
  const auto loaded = shell.LoadConfig();
  ASSERT_FALSE(loaded.ok());
  EXPECT_TRUE(loaded.error().message.starts_with("--listen: server.listen: must be host:port"))
      << loaded.error().message;
  Shell caller(surroundings);
  script_.answer = Error{Code::kInvalid, "query 'limit': must be from 1 to 10000"};
  model::ApiCall call = model::MakeCall(management::kAudit.row);
  call.query["limit"] = "many";
  EXPECT_EQ(caller.Call(call).error().message, "--limit: must be from 1 to 10000");
}

TEST_F(ShellTest, OpensTheRegistryOnceAndOnlyWhenItIsCalled) {
  const Surroundings surroundings = Make(out_.get(), err_.get());
  Shell shell(surroundings);
  EXPECT_EQ(opened_, 0);
  ASSERT_TRUE(shell.Call(model::MakeCall(management::kListModels.row)).ok());
  ASSERT_TRUE(shell.Call(model::MakeCall(management::kDoctor.row)).ok());
  EXPECT_EQ(opened_, 1);
  ASSERT_EQ(script_.calls.size(), 2U);
  EXPECT_EQ(script_.calls[1].operation, &management::kDoctor.row);
}

TEST_F(ShellTest, TakesTheTokenOfTheEnvironmentUnlessOneIsSaid) {
  const Surroundings without = Make(out_.get(), err_.get());
  EXPECT_EQ(Shell(without).Token(), "");
  environment_ = {{"MOORAGE_TOKEN", "from-environment"}};
  const Surroundings surroundings = Make(out_.get(), err_.get());
  Shell shell(surroundings);
  EXPECT_EQ(shell.Token(), "from-environment");
  shell.options().token = "said";
  EXPECT_EQ(shell.Token(), "said");
}

TEST_F(ShellTest, ResultsGoOutAndErrorsElsewhere) {
  const Surroundings surroundings = Make(out_.get(), err_.get());
  Shell shell(surroundings);
  shell.Print("result\n");
  EXPECT_EQ(shell.Fail(Error{Code::kConflict, "no", {{"a", "one detail is in the sentence"}}}), 1);
  EXPECT_EQ(shell.Fail(Error{Code::kInvalid, "two", {{"a", "x"}, {"", "y"}}}), 3);
  EXPECT_EQ(Written(out_.get()), "result\n");
  EXPECT_EQ(Written(err_.get()), "moorage: no\nmoorage: two\n  a: x\n  y\n");
}

TEST_F(ShellTest, ShowsADocumentAsTextOrAsItIs) {
  const Surroundings surroundings = Make(out_.get(), err_.get());
  Shell shell(surroundings);
  const auto render = [](const Json& document) { return document["a"].get<std::string>() + "\n"; };
  shell.Show({{"a", "text"}}, render);
  shell.options().json = true;
  shell.Show({{"a", "text"}}, render);
  EXPECT_EQ(Written(out_.get()), "text\n{\n  \"a\": \"text\"\n}\n");
}

TEST_F(ShellTest, AFileHasNoWidthNoColoursAndNoBar) {
  const Surroundings surroundings = Make(out_.get(), err_.get());
  Shell shell(surroundings);
  EXPECT_FALSE(shell.width().has_value());
  EXPECT_EQ(shell.Outcome("PASS"), "PASS");
  shell.Progress("scoring", 1, 2);
  EXPECT_EQ(Written(err_.get()), "");
}

TEST_F(ShellTest, ATerminalHasAWidthAndColoursUnlessTheyAreUnwanted) {
  const Terminal terminal(72);
  const Surroundings colourful = Make(terminal.screen(), err_.get());
  EXPECT_EQ(Shell(colourful).width(), Width(72));
  EXPECT_EQ(Shell(colourful).Outcome("PASS"), "\033[32mPASS\033[0m");
  EXPECT_EQ(Shell(colourful).Outcome("ERROR"), "\033[31mERROR\033[0m");
  environment_ = {{"NO_COLOR", "1"}};
  const Surroundings plain = Make(terminal.screen(), err_.get());
  EXPECT_EQ(Shell(plain).Outcome("PASS"), "PASS");
  const Terminal unknown(0);
  const Surroundings nameless = Make(unknown.screen(), err_.get());
  EXPECT_FALSE(Shell(nameless).width().has_value());
}

}  // namespace
}  // namespace moorage::cli

#include "main/local_connection.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "control/management/operations.h"
#include "control/push/model_files.h"
#include "domain/serving/servable/testing/fake_prober.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/base/testing/temporary_directory.h"

namespace moorage::main {
namespace {

class LocalConnectionTest : public testing::Test {
 protected:
  LocalConnectionTest() {
    config_.registry.database = "sqlite:" + folder_.path() + "/moorage.db";
    config_.registry.blobs = "file:" + folder_.path() + "/blobs";
  }
  std::unique_ptr<cli::ApiConnection> Open(const std::string& actor) {
    return MakeLocalConnection(
        config_.registry,
        {.actor = actor, .say = [this](std::string_view text) { said_.emplace_back(text); }},
        base::PosixFileSystem::Get(), clock_, std::make_unique<servable::FakeProber>());
  }

  base::FakeClock clock_;
  const base::TemporaryDirectory folder_;
  config::Config config_;
  std::vector<std::string> said_;
};

TEST_F(LocalConnectionTest, WorksOnTheRegistryOfTheConfigurationInTheNameOfItsActor) {
  auto files = control::ReadModelFiles(
      base::PosixFileSystem::Get(),
      {.model = MOORAGE_SOURCE_DIR "/examples/cancer/model.onnx", .metadata = {}, .reference = {}});
  ASSERT_TRUE(files.ok());
  model::ApiCall push = model::MakeCall(management::kPush.row, {{"name", "cancer"}});
  push.parts = control::ToParts(*std::move(files));
  push.actor = "somebody else";
  const auto pushed = Open("ada")->Call(push);
  ASSERT_TRUE(pushed.ok()) << pushed.error().message;
  EXPECT_EQ(pushed->body["actor"], "ada");
  ASSERT_EQ(said_.size(), 1U);
  EXPECT_EQ(said_[0], "made a new registry at " + folder_.path() + "/moorage.db");

  const auto listed = Open("bob")->Call(model::MakeCall(management::kListModels.row));
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->body["models"].size(), 1U);
  EXPECT_EQ(listed->body["models"][0]["name"], "cancer");
}

TEST_F(LocalConnectionTest, NamesThePlaceWhereThereIsNoRegistry) {
  const auto listed = Open("ada")->Call(model::MakeCall(management::kListModels.row));
  ASSERT_TRUE(listed.ok());
  EXPECT_TRUE(listed->body["models"].empty());
  ASSERT_EQ(said_.size(), 1U);
  EXPECT_NE(said_[0].find(folder_.path() + "/moorage.db"), std::string::npos);
  for (const auto* row : {&management::kShowModel.row, &management::kRollback.row}) {
    const auto called =
        Open("ada")->Call(model::MakeCall(*row, {{"name", "cancer"}, {"alias", "production"}}));
    ASSERT_FALSE(called.ok());
    EXPECT_EQ(called.error().code, base::Code::kNotFound);
    EXPECT_NE(called.error().message.find(folder_.path() + "/moorage.db"), std::string::npos);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(LocalConnectionTest, NamesTheReasonWhyTheRegistryCannotBeOpened) {
  config_.registry.database = "sqlite:/dev/null/moorage.db";
  const auto called = Open("ada")->Call(model::MakeCall(management::kListModels.row));
  ASSERT_TRUE(called.ok()) << "a file that cannot be there is missing";
  EXPECT_NE(said_[0].find("/dev/null"), std::string::npos) << said_[0];
  config_.registry.database = "sqlite:" + folder_.path();
  const auto directory = Open("ada")->Call(model::MakeCall(management::kListModels.row));
  ASSERT_FALSE(directory.ok());
  EXPECT_NE(directory.error().message.find(folder_.path()), std::string::npos);
}

}  // namespace
}  // namespace moorage::main

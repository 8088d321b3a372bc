#include "main/local_connection.h"

#include <gtest/gtest.h>

#include <filesystem>

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
    auto opened = OpenLocalConnection(config_, actor, base::PosixFileSystem::Get(), clock_,
                                      std::make_unique<servable::FakeProber>());
    EXPECT_TRUE(opened.ok());
    return *std::move(opened);
  }

  base::FakeClock clock_;
  const base::TemporaryDirectory folder_;
  config::Config config_;
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

  const auto listed = Open("bob")->Call(model::MakeCall(management::kListModels.row));
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->body["models"].size(), 1U);
  EXPECT_EQ(listed->body["models"][0]["name"], "cancer");
}

TEST_F(LocalConnectionTest, SaysWhyTheRegistryCannotBeOpened) {
  config_.registry.database = "sqlite:/dev/null/moorage.db";
  const auto opened = OpenLocalConnection(config_, "ada", base::PosixFileSystem::Get(), clock_,
                                          std::make_unique<servable::FakeProber>());
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("/dev/null"), std::string::npos) << opened.error().message;
}

}  // namespace
}  // namespace moorage::main

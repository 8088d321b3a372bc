#include "main/local_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/base/testing/temporary_directory.h"

namespace moorage::main {
namespace {

class LocalRegistryTest : public testing::Test {
 protected:
  base::Result<LocalRegistry> Open(const std::string& database, const std::string& blobs,
                                   RegistryUse use = RegistryUse::kPush) {
    return LocalRegistry::Open({.database = database, .blobs = blobs}, use,
                               base::PosixFileSystem::Get(), clock_);
  }
  base::Result<LocalRegistry> OpenFor(RegistryUse use) {
    return Open("sqlite:" + folder_.path() + "/data/moorage.db",
                "file:" + folder_.path() + "/data/blobs", use);
  }

  base::FakeClock clock_;
  const base::TemporaryDirectory folder_;
};

TEST_F(LocalRegistryTest, MakesWhatDoesNotExistAndFindsItAgain) {
  for (int round = 0; round < 2; ++round) {
    const auto opened = Open("sqlite:" + folder_.path() + "/deep/er/moorage.db",
                             "file:" + folder_.path() + "/blobs");
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    const auto models = opened->registry->Models();
    ASSERT_TRUE(models.ok());
    EXPECT_TRUE(models->empty());
  }
  EXPECT_TRUE(std::filesystem::exists(folder_ / "deep/er/moorage.db"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "blobs"));
}

TEST_F(LocalRegistryTest, IsMadeByAPushAndByAServerOnly) {
  for (const RegistryUse use : {RegistryUse::kRead, RegistryUse::kChange}) {
    const auto opened = OpenFor(use);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, base::Code::kNotFound);
    EXPECT_THAT(opened.error().message, testing::HasSubstr(folder_.path() + "/data/moorage.db"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "data"));
  }
  for (const RegistryUse use : {RegistryUse::kPush, RegistryUse::kServe}) {
    const auto made = OpenFor(use);
    ASSERT_TRUE(made.ok()) << made.error().message;
    EXPECT_TRUE(made->created);
    EXPECT_EQ(made->path, folder_.path() + "/data/moorage.db");
    const auto again = OpenFor(use);
    ASSERT_TRUE(again.ok());
    EXPECT_FALSE(again->created);
    EXPECT_TRUE(again->why_only_read.empty());
    std::filesystem::remove_all(folder_ / "data");
  }
}

TEST_F(LocalRegistryTest, ReadingChangesNothing) {
  ASSERT_TRUE(OpenFor(RegistryUse::kPush).ok());
  std::filesystem::remove_all(folder_ / "data/blobs");
  const auto opened = OpenFor(RegistryUse::kRead);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_TRUE(opened->registry->Models().ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data/blobs"));
}

TEST_F(LocalRegistryTest, NamesTheKeyOfAnAddressThatItCannotUse) {
  const auto database = Open("postgresql://db/moorage", "file:" + folder_.path() + "/blobs");
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.error().code, base::Code::kInvalid);
  EXPECT_THAT(database.error().message, testing::StartsWith("registry.database: 'postgresql://"));
  const auto blobs = Open("sqlite:" + folder_.path() + "/moorage.db", "s3://bucket");
  ASSERT_FALSE(blobs.ok());
  EXPECT_THAT(blobs.error().message, testing::StartsWith("registry.blobs: 's3://bucket'"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "moorage.db"));
}

TEST_F(LocalRegistryTest, TakesTheRootForTheDirectoryOfAFileInIt) {
  const auto opened = Open("sqlite:/", "file:" + folder_.path() + "/blobs");
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, testing::Not(testing::HasSubstr("create directory")));
}

}  // namespace
}  // namespace moorage::main

#include "platform/store/directory/directory_blob_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/faulty_file_system.h"
#include "foundation/base/testing/temporary_directory.h"
#include "platform/store/testing/blob_store_contract.h"

namespace moorage::store {
namespace {

using base::Code;
using base::PosixFileSystem;
using base::SystemRandom;

std::unique_ptr<DirectoryBlobStore> OpenStore(base::FileSystem& files, const std::string& root) {
  auto store = DirectoryBlobStore::Open(files, SystemRandom::Get(), root);
  EXPECT_TRUE(store.ok()) << store.error().message;
  return *std::move(store);
}

class Directories {
 public:
  BlobStore& store() { return *store_; }

 private:
  base::TemporaryDirectory directory_;
  std::unique_ptr<DirectoryBlobStore> store_ =
      OpenStore(PosixFileSystem::Get(), directory_ / "blobs");
};

INSTANTIATE_TYPED_TEST_SUITE_P(Directory, BlobStoreContract, Directories);

void Overwrite(const std::string& path, const std::string& bytes) {
  std::filesystem::permissions(path, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST(DirectoryBlobStore, KeepsABlobReadOnlyUnderItsDigest) {
  const base::TemporaryDirectory directory;
  const auto store = OpenStore(PosixFileSystem::Get(), directory.path());
  const mode_t before = ::umask(0077);
  const model::Digest digest = store->Put("abc").value();
  ::umask(before);
  const std::string path =
      directory / "sha256/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(store->PathOf(digest), path);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0444U);
  EXPECT_TRUE(PosixFileSystem::Get().List(directory / "tmp").value().empty());
}

TEST(DirectoryBlobStore, FindsAFlippedByteAtEveryPlaceWhenItReads) {
  const base::TemporaryDirectory directory;
  const auto store = OpenStore(PosixFileSystem::Get(), directory.path());
  const std::string bytes = "the bytes of a model";
  const model::Digest digest = store->Put(bytes).value();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    Overwrite(store->PathOf(digest), flipped);
    const auto read = store->Get(digest, 100);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, Code::kCorrupt);
    EXPECT_NE(read.error().message.find(digest.value()), std::string::npos);
  }
  Overwrite(store->PathOf(digest), bytes.substr(0, 5));
  EXPECT_EQ(store->Get(digest, 100).error().code, Code::kCorrupt);
}

TEST(DirectoryBlobStore, PuttingADamagedBlobAgainHealsIt) {
  const base::TemporaryDirectory directory;
  const auto store = OpenStore(PosixFileSystem::Get(), directory.path());
  const model::Digest digest = store->Put("sound").value();
  Overwrite(store->PathOf(digest), "rotten");
  ASSERT_TRUE(store->Put("sound").ok());
  EXPECT_EQ(store->Get(digest, 100).value(), "sound");
}

TEST(DirectoryBlobStore, LeavesForeignFilesAlone) {
  const base::TemporaryDirectory directory;
  const auto store = OpenStore(PosixFileSystem::Get(), directory.path());
  ASSERT_TRUE(store->Put("x").ok());
  std::ofstream(directory / "sha256/README") << "not a blob";
  std::filesystem::create_directory(directory / "sha256/zz");
  std::ofstream(directory / "sha256/zz/file") << "not a blob";
  EXPECT_EQ(store->List().value().size(), 1U);
}

TEST(DirectoryBlobStore, SweepsOnlyOldTemporaries) {
  const base::TemporaryDirectory directory;
  const auto store = OpenStore(PosixFileSystem::Get(), directory.path());
  const auto writer = store->NewBlob();
  ASSERT_TRUE(writer.ok());
  const base::Time now = PosixFileSystem::Get().List(directory / "tmp").value()[0].modified;
  EXPECT_EQ(store->SweepTemporaries(now).value(), 0U);
  EXPECT_EQ(store->SweepTemporaries(now + std::chrono::seconds(1)).value(), 1U);
  EXPECT_TRUE(PosixFileSystem::Get().List(directory / "tmp").value().empty());
  // The writer whose file was taken away says so, and nothing half is visible.
  EXPECT_FALSE((*writer)->Finish().ok());
  EXPECT_TRUE(store->List().value().empty());
}

TEST(DirectoryBlobStore, SaysThatTheDiskIsFullAndLeavesNothing) {
  const base::TemporaryDirectory directory;
  base::FaultyFileSystem files(PosixFileSystem::Get());
  const auto store = OpenStore(files, directory.path());
  files.Recover();
  files.FailAt(1, base::Error{Code::kExhausted, "no space left"});  // the append
  EXPECT_EQ(store->Put("cargo").error().code, Code::kExhausted);
  EXPECT_TRUE(store->List().value().empty());
  EXPECT_TRUE(PosixFileSystem::Get().List(directory / "tmp").value().empty());
}

TEST(DirectoryBlobStore, NoSingleFailureShowsAHalfBlob) {
  for (std::size_t n = 0; n < 8; ++n) {
    const base::TemporaryDirectory directory;
    base::FaultyFileSystem files(PosixFileSystem::Get());
    const auto store = OpenStore(files, directory.path());
    files.Recover();
    files.FailAt(n, base::Error{Code::kUnavailable, "input/output error"});
    const auto put = store->Put("cargo");
    EXPECT_FALSE(put.ok()) << n;
    files.Recover();
    const auto read = store->Get(model::DigestOf("cargo"), 100);
    EXPECT_TRUE(read.ok() ? *read == "cargo" : read.error().code == Code::kNotFound) << n;
    EXPECT_TRUE(store->Put("cargo").ok());
    EXPECT_TRUE(PosixFileSystem::Get().List(directory / "tmp").value().empty()) << n;
  }
}

class PowerCut : public testing::TestWithParam<base::PowerLoss> {};

TEST_P(PowerCut, AtAnyOperationLeavesTheWholeBlobOrNone) {
  bool finished = false;
  for (std::size_t n = 0; !finished; ++n) {
    ASSERT_LT(n, 50U);
    const base::TemporaryDirectory directory;
    base::FaultyFileSystem files(PosixFileSystem::Get());
    files.CrashAt(n, GetParam());
    {
      const auto opened = DirectoryBlobStore::Open(files, SystemRandom::Get(), directory / "blobs");
      if (opened.ok()) finished = (*opened)->Put("precious cargo").ok();
    }
    files.Recover();
    const auto store = OpenStore(files, directory / "blobs");
    const auto read = store->Get(model::DigestOf("precious cargo"), 100);
    if (finished) {
      EXPECT_TRUE(read.ok());
    } else {
      EXPECT_TRUE(read.ok() || read.error().code == Code::kNotFound) << n << read.error().message;
    }
    EXPECT_TRUE(store->Put("precious cargo").ok());
    EXPECT_EQ(store->List().value().size(), 1U);
    EXPECT_TRUE(store->SweepTemporaries(base::Time::max()).ok());
    EXPECT_TRUE(files.List(directory / "blobs/tmp").value().empty());
  }
}

// What Put() has confirmed is there after a power cut.
TEST_P(PowerCut, AfterPutHasAnsweredLosesNothing) {
  const base::TemporaryDirectory directory;
  base::FaultyFileSystem files(PosixFileSystem::Get());
  auto store = OpenStore(files, directory / "blobs");
  const model::Digest digest = store->Put("precious cargo").value();
  files.CrashAt(files.operations(), GetParam());
  EXPECT_FALSE(store->Has(digest).ok());
  files.Recover();
  store = OpenStore(files, directory / "blobs");
  EXPECT_EQ(store->Get(digest, 100).value(), "precious cargo");
}

INSTANTIATE_TEST_SUITE_P(EveryLoss, PowerCut,
                         testing::Values(base::PowerLoss::kKeepsEverything,
                                         base::PowerLoss::kDropsUnsynced,
                                         base::PowerLoss::kTearsData));

}  // namespace
}  // namespace moorage::store

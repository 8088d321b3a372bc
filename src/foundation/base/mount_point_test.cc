#include "foundation/base/mount_point.h"

#include <gtest/gtest.h>

#include "foundation/base/testing/temporary_directory.h"

namespace moorage::base {
namespace {

TEST(MountPoint, IsTheDirectoryOfAnotherDevice) {
  EXPECT_EQ(MountPointOf("/proc/self/status"), "/proc");
  EXPECT_EQ(MountPointOf("/proc"), "/proc");
  EXPECT_EQ(MountPointOf("/"), "/");
}

TEST(MountPoint, OfAMissingFileIsThatOfItsNearestParent) {
  const TemporaryDirectory folder;
  EXPECT_EQ(MountPointOf(folder / "no/such/file"), MountPointOf(folder.path()));
  EXPECT_EQ(MountPointOf("/proc/no/such/file"), "/proc");
}

TEST(MountPoint, IsNamedForPeople) {
  EXPECT_EQ(FileSystemOf("/proc/self"), "the file system at /proc");
}

}  // namespace
}  // namespace moorage::base

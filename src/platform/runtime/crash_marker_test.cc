#include "platform/runtime/crash_marker.h"

#include <gmock/gmock.h>

#include <csignal>
#include <string>
#include <thread>

#include "foundation/base/testing/temporary_directory.h"
#include "platform/runtime/run_guard.h"
#include "platform/runtime/testing/process_end.h"

namespace moorage::runtime {
namespace {

const std::string kCrashed = "sha256:" + std::string(64, 'c');

TEST(CrashMarker, NamesTheModelThatEndedTheProcess) {
  const base::TemporaryDirectory folder;
  const std::string path = folder.path() + "/crashed-model";
  EXPECT_FALSE(ReadCrashMarker(path).has_value());
  EXPECT_FALSE(EndsWell([&] {
    InstallRunGuard();
    (void)SetCrashMarker(path);
    const GuardedRun guard(kCrashed);
    (void)::raise(SIGSEGV);
  }));
  const auto model = ReadCrashMarker(path);
  ASSERT_TRUE(model.has_value());
  EXPECT_EQ(model->value(), kCrashed);
  EXPECT_FALSE(ReadCrashMarker(path).has_value()) << "told twice";
}

int Deeper(volatile char* above, int depth) {
  volatile char room[4096];
  room[0] = *above;
  return depth == 0 ? room[0] : Deeper(room, depth - 1) + room[0];
}

TEST(CrashMarker, NamesAModelThatUsesUpItsStack) {
  const base::TemporaryDirectory folder;
  const std::string path = folder.path() + "/crashed-model";
  EXPECT_FALSE(EndsWell([&] {
    InstallRunGuard();
    (void)SetCrashMarker(path);
    std::thread([] {
      const GuardedRun guard(kCrashed);
      volatile char start = 1;
      (void)Deeper(&start, 1'000'000);
    }).join();
  }));
  EXPECT_TRUE(ReadCrashMarker(path).has_value());
}

TEST(CrashMarker, IsSilentAboutAnEndOutsideOfRuns) {
  const base::TemporaryDirectory folder;
  const std::string path = folder.path() + "/crashed-model";
  EXPECT_FALSE(EndsWell([&] {
    InstallRunGuard();
    (void)SetCrashMarker(path);
    (void)::raise(SIGSEGV);
  }));
  EXPECT_FALSE(ReadCrashMarker(path).has_value());
}

TEST(CrashMarker, IsReadByAnotherServerWhileOneHoldsIt) {
  const base::TemporaryDirectory folder;
  const std::string path = folder.path() + "/crashed-model";
  ASSERT_TRUE(SetCrashMarker(path).ok());
  WriteCrashMarker(kCrashed);
  EXPECT_TRUE(ReadCrashMarker(path).has_value());
  WriteCrashMarker(kCrashed);
  EXPECT_TRUE(ReadCrashMarker(path).has_value());
}

TEST(CrashMarker, WithoutADigestIsNone) {
  const base::TemporaryDirectory folder;
  const std::string path = folder.path() + "/crashed-model";
  ASSERT_TRUE(SetCrashMarker(path).ok());
  WriteCrashMarker("");
  EXPECT_FALSE(ReadCrashMarker(path).has_value());
  WriteCrashMarker("sha256:no digest");
  EXPECT_FALSE(ReadCrashMarker(path).has_value());
}

TEST(CrashMarker, ThatCannotBeWrittenIsAnErrorThatNamesTheFile) {
  const auto set = SetCrashMarker("/nowhere/crashed-model");
  ASSERT_FALSE(set.ok());
  EXPECT_THAT(set.error().message, ::testing::HasSubstr("/nowhere/crashed-model"));
}

}  // namespace
}  // namespace moorage::runtime

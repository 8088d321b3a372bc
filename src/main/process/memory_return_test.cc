#include "main/process/memory_return.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "foundation/base/posix_file_system.h"

namespace moorage::process {
namespace {

constexpr std::size_t kMib = std::size_t{1} << 20U;

TEST(MemoryWatch, AsksWhenMoreIsResidentThanIsLive) {
  MemoryWatch watch;
  EXPECT_FALSE(watch.ShouldTrim({.resident = 40 * kMib, .live = 10 * kMib}));
  EXPECT_FALSE(watch.ShouldTrim({.resident = 140 * kMib, .live = 110 * kMib})) << "all is in use";
  EXPECT_FALSE(watch.ShouldTrim({.resident = 43 * kMib, .live = 10 * kMib}));
  EXPECT_TRUE(watch.ShouldTrim({.resident = 44 * kMib, .live = 10 * kMib}));
}

TEST(MemoryWatch, DoesNotAskAgainForWhatATrimCouldNotReturn) {
  MemoryWatch watch;
  EXPECT_FALSE(watch.ShouldTrim({.resident = 40 * kMib, .live = 10 * kMib}));
  const MemoryUse scattered{.resident = 60 * kMib, .live = 10 * kMib};
  EXPECT_TRUE(watch.ShouldTrim(scattered));
  watch.Trimmed(scattered);
  EXPECT_FALSE(watch.ShouldTrim(scattered));
  EXPECT_FALSE(watch.ShouldTrim({.resident = 40 * kMib, .live = 10 * kMib}));
  EXPECT_TRUE(watch.ShouldTrim(scattered)) << "it was less meanwhile";
}

TEST(MemoryWatch, AsksForWhatWasLiveAtTheLastTrim) {
  MemoryWatch watch;
  EXPECT_FALSE(watch.ShouldTrim({.resident = 40 * kMib, .live = 10 * kMib}));
  EXPECT_TRUE(watch.ShouldTrim({.resident = 300 * kMib, .live = 250 * kMib}));
  watch.Trimmed({.resident = 290 * kMib, .live = 250 * kMib});
  EXPECT_TRUE(watch.ShouldTrim({.resident = 290 * kMib, .live = 10 * kMib}));
}

TEST(MemoryWatch, TakesLiveMemoryThatWasNeverTouched) {
  MemoryWatch watch;
  EXPECT_FALSE(watch.ShouldTrim({.resident = 40 * kMib, .live = 100 * kMib}));
  EXPECT_FALSE(watch.ShouldTrim({.resident = 40 * kMib, .live = 97 * kMib}));
}

TEST(MemoryReturn, TrimsOnceForEachGrowth) {
  std::vector<std::optional<MemoryUse>> uses = {
      MemoryUse{.resident = 40 * kMib}, std::nullopt, MemoryUse{.resident = 90 * kMib},
      MemoryUse{.resident = 41 * kMib}, MemoryUse{.resident = 42 * kMib}};
  std::size_t at = 0;
  int trims = 0;
  const MemoryReturn::Effects effects{.use = [&] { return uses.at(at++); },
                                      .trim = [&] { ++trims; }};
  MemoryWatch watch;
  MemoryReturn::Look(watch, effects);
  MemoryReturn::Look(watch, effects);
  EXPECT_EQ(trims, 0);
  MemoryReturn::Look(watch, effects);
  MemoryReturn::Look(watch, effects);
  EXPECT_EQ(trims, 1);
  EXPECT_EQ(at, uses.size());
}

TEST(MemoryReturn, SeesWhatThisProcessUses) {
  const auto use = MemoryReturn::OfProcess(base::PosixFileSystem::Get()).use();
  ASSERT_TRUE(use.has_value());
  EXPECT_GT(use->resident, kMib);
  EXPECT_EQ(ResidentBytes(base::PosixFileSystem::Get(), "/no/such/folder"), std::nullopt);
}

TEST(MemoryReturn, EndsAtOnce) {
  const MemoryReturn unused(MemoryReturn::OfProcess(base::PosixFileSystem::Get()));
}

}  // namespace
}  // namespace moorage::process

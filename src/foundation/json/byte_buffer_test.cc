#include "foundation/json/byte_buffer.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace moorage::json {
namespace {

TEST(ByteBuffer, KeepsItsBytesThroughGrowthAndConsumption) {
  ByteBuffer buffer;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string piece = std::to_string(i);
    buffer.Append(piece);
    expected += piece;
    if (i % 3 == 0) {
      buffer.Consume(1);
      expected.erase(0, 1);
    }
    if (i % 500 == 0) {
      const auto room = buffer.Room(3000);
      ASSERT_GE(room.size(), 3000U);
      std::memset(room.data(), 'x', 3000);
      buffer.Commit(3000);
      expected.append(3000, 'x');
    }
  }
  EXPECT_EQ(buffer.view(), expected);
}

TEST(ByteBuffer, MovesItsMemoryAndLeavesNothingBehind) {
  ByteBuffer first;
  first.Append("hello");
  ByteBuffer second = std::move(first);
  EXPECT_EQ(second.view(), "hello");
  EXPECT_EQ(first.capacity(), 0U);  // NOLINT(bugprone-use-after-move): that is the promise
  second.Clear();
  EXPECT_GT(second.capacity(), 0U);
  second.Release();
  EXPECT_EQ(second.capacity(), 0U);
}

TEST(ByteBuffer, KeepsWhatItHoldsWhileItGrowsBeyondAMebibyte) {
  ByteBuffer buffer;
  std::string expected;
  const std::string piece(300'000, 'a');
  for (int i = 0; i < 20; ++i) {
    buffer.Append(piece);
    buffer.Append(static_cast<char>('b' + i));
    expected += piece + static_cast<char>('b' + i);
    if (i % 7 == 3) {
      buffer.Consume(expected.size() / 2);
      expected.erase(0, expected.size() / 2);
    }
  }
  EXPECT_EQ(buffer.view(), expected);
  ByteBuffer other = std::move(buffer);
  EXPECT_EQ(other.view(), expected);
  other = ByteBuffer();
  EXPECT_EQ(other.capacity(), 0U);
}

TEST(ByteBuffer, GrowsALargeBufferWithoutACopy) {
  // A copy touches each page of the new memory.
  const auto faults = [] {
    rusage used{};
    getrusage(RUSAGE_THREAD, &used);
    return used.ru_minflt;
  };
  ByteBuffer buffer;
  const std::string text(std::size_t{16} << 20U, 'a');
  buffer.Append(text);
  const long before = faults();
  buffer.Room(std::size_t{32} << 20U);
  EXPECT_LT(faults() - before, 100);
  EXPECT_EQ(buffer.view(), text);
}

TEST(ByteBuffer, KnowsItsCapacityBeforeItGrows) {
  ByteBuffer buffer;
  for (const std::size_t bytes : {1U, 1024U, 5000U, 10U}) {
    const std::size_t expected = buffer.CapacityFor(bytes);
    buffer.Room(bytes);
    EXPECT_EQ(buffer.capacity(), expected) << bytes;
    buffer.Commit(bytes);
    buffer.Consume(bytes / 2);
  }
}

TEST(ByteBuffer, TakesTextBeforeWhatItHoldsWhereRoomWasLeft) {
  for (const std::size_t size : {std::size_t{10}, std::size_t{3000}, std::size_t{3} << 20U}) {
    ByteBuffer buffer;
    buffer.LeaveFront(100);
    EXPECT_TRUE(buffer.empty());
    const std::string body(size, 'b');
    for (std::size_t at = 0; at < size; at += 5)
      buffer.Append(std::string_view(body).substr(at, 5));
    EXPECT_FALSE(buffer.Prepend(std::string(101, 'h')));
    const char* const before = buffer.view().data();
    EXPECT_TRUE(buffer.Prepend(std::string(60, 'h')));
    EXPECT_TRUE(buffer.Prepend(std::string(40, 'g')));
    EXPECT_EQ(buffer.view().data() + 100, before) << "the text was moved";
    EXPECT_EQ(buffer.view(), std::string(40, 'g') + std::string(60, 'h') + body);
    buffer.Append(body);
    EXPECT_EQ(buffer.view(), std::string(40, 'g') + std::string(60, 'h') + body + body);
  }
}

TEST(ByteBuffer, KeepsTheRoomInFrontWhenItIsClearedOrConsumed) {
  ByteBuffer buffer;
  buffer.LeaveFront(100);
  buffer.Append("a");
  buffer.Clear();
  EXPECT_TRUE(buffer.Prepend("h"));
  buffer.Append("b");
  EXPECT_EQ(buffer.view(), "hb");
  buffer.Consume(2);
  EXPECT_TRUE(buffer.empty());
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    buffer.Append("0123456789");
    buffer.Consume(3);
    expected += "0123456789";
    expected.erase(0, 3);
  }
  EXPECT_EQ(buffer.view(), expected);
  EXPECT_TRUE(buffer.Prepend(std::string(99, 'h')));
}

TEST(ByteBuffer, TellsWhatGrowthHolds) {
  ByteBuffer buffer;
  buffer.Room(1000);
  EXPECT_EQ(buffer.PeakFor(10), buffer.capacity());
  EXPECT_EQ(buffer.PeakFor(100'000), buffer.capacity() + buffer.CapacityFor(100'000));
  buffer.Release();
  buffer.Append(std::string(std::size_t{2} << 20U, 'a'));
  // A large buffer grows in place.
  EXPECT_EQ(buffer.PeakFor(std::size_t{4} << 20U), buffer.CapacityFor(std::size_t{4} << 20U));
}

TEST(ByteBuffer, GivesPagesBackAsTheyAreConsumed) {
  const auto resident = [](std::string_view bytes) {
    std::vector<unsigned char> pages(bytes.size() / 4096 + 2);
    const std::uintptr_t start = reinterpret_cast<std::uintptr_t>(bytes.data()) / 4096 * 4096;
    EXPECT_EQ(mincore(reinterpret_cast<void*>(start), bytes.size(), pages.data()), 0);
    return std::ranges::count_if(pages, [](unsigned char page) { return (page & 1U) != 0; });
  };
  ByteBuffer buffer;
  const std::string text(std::size_t{8} << 20U, 'a');
  buffer.Append(text);
  const std::string_view all = buffer.view();
  ASSERT_GE(resident(all), 2048);
  for (int i = 0; i < 7; ++i) buffer.Consume(std::size_t{1} << 20U);
  EXPECT_LE(resident(all), 2048 / 8 + 32);
  EXPECT_EQ(buffer.view(), std::string_view(text).substr(std::size_t{7} << 20U));
  buffer.Append(text);
  EXPECT_EQ(buffer.view().substr(std::size_t{1} << 20U), text);
}

}  // namespace
}  // namespace moorage::json

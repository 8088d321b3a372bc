#include "foundation/json/byte_buffer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstring>
#include <string>

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

}  // namespace
}  // namespace moorage::json

#include "foundation/telemetry/log/log_ring.h"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <thread>

namespace moorage::telemetry {
namespace {

bool Put(LogRing& ring, std::string_view text) {
  const auto memory = ring.Reserve(text.size());
  if (memory.empty()) return false;
  std::memcpy(memory.data(), text.data(), text.size());
  ring.Commit();
  return true;
}

std::string Front(LogRing& ring) {
  const auto record = ring.Peek();
  std::string text(record.size(), '\0');
  if (!record.empty()) std::memcpy(text.data(), record.data(), record.size());
  return text;
}

TEST(LogRing, GivesBackWhatWasPutInItsOrder) {
  LogRing ring(256);
  EXPECT_TRUE(ring.Peek().empty());
  EXPECT_TRUE(Put(ring, "one"));
  EXPECT_TRUE(Put(ring, "two"));
  EXPECT_EQ(Front(ring), "one");
  EXPECT_EQ(Front(ring), "one");
  ring.Pop();
  EXPECT_EQ(Front(ring), "two");
  ring.Pop();
  EXPECT_TRUE(ring.Peek().empty());
}

TEST(LogRing, RefusesWhenItIsFullAndTakesAgainWhenThereIsRoom) {
  LogRing ring(128);
  int stored = 0;
  while (Put(ring, "12345678")) ++stored;
  EXPECT_EQ(stored, 8);
  EXPECT_TRUE(ring.half_full());
  EXPECT_FALSE(Put(ring, "12345678"));
  EXPECT_EQ(Front(ring), "12345678");
  ring.Pop();
  EXPECT_TRUE(Put(ring, "abcdefgh"));
}

TEST(LogRing, RefusesARecordThatIsTooLargeForEver) {
  LogRing ring(128);
  EXPECT_FALSE(Put(ring, std::string(ring.max_record() + 1, 'x')));
  EXPECT_TRUE(Put(ring, std::string(ring.max_record(), 'x')));
}

TEST(LogRing, WrapsAroundWithRecordsOfEverySize) {
  LogRing ring(512);
  std::mt19937 random(7);
  std::deque<std::string> expected;
  for (int i = 0; i < 20000; ++i) {
    const std::string text(1 + random() % ring.max_record(), static_cast<char>('a' + i % 26));
    if (Put(ring, text)) expected.push_back(text);
    if (random() % 2 == 0 && !expected.empty()) {
      ASSERT_EQ(Front(ring), expected.front());
      ring.Pop();
      expected.pop_front();
    }
  }
}

TEST(LogRing, HandsRecordsFromOneThreadToAnother) {
  LogRing ring(1024);
  constexpr int kCount = 20000;
  std::thread producer([&ring] {
    for (int i = 0; i < kCount;) {
      if (Put(ring, "record " + std::to_string(i))) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  for (int i = 0; i < kCount;) {
    if (ring.Peek().empty()) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(Front(ring), "record " + std::to_string(i));
    ring.Pop();
    ++i;
  }
  producer.join();
}

}  // namespace
}  // namespace moorage::telemetry

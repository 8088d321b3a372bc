#include "foundation/telemetry/log/log_entry.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace moorage::telemetry {
namespace {

LogEntry RoundTrip(const LogEntry& entry, std::vector<std::byte>& memory) {
  memory.assign(EncodedSize(entry), std::byte{0xDD});
  Encode(entry, memory);
  return Decode(memory);
}

void ExpectSame(const LogEntry& read, const LogEntry& written) {
  EXPECT_EQ(read.type, written.type);
  EXPECT_EQ(read.level, written.level);
  EXPECT_EQ(read.code, written.code);
  EXPECT_EQ(read.time, written.time);
  EXPECT_EQ(read.duration, written.duration);
  EXPECT_EQ(read.omitted_request, written.omitted_request);
  EXPECT_EQ(read.texts, written.texts);
}

TEST(LogEntry, ReadsBackAsItWasWritten) {
  std::vector<std::byte> memory;
  LogEntry entry;
  ExpectSame(RoundTrip(entry, memory), entry);
  entry = {.type = LogType::kError,
           .level = LogLevel::kError,
           .code = 503,
           .time = -1,
           .duration = 86'400'000'000'000,
           .omitted_request = 4'294'967'295U,
           .texts = {}};
  ExpectSame(RoundTrip(entry, memory), entry);
}

TEST(LogEntry, KeepsTextsOfAnyBytesAndSizes) {
  std::mt19937 random(20260127);
  std::vector<std::byte> memory;
  for (int round = 0; round < 200; ++round) {
    std::array<std::string, kLogTexts> texts;
    LogEntry entry;
    for (std::size_t i = 0; i < kLogTexts; ++i) {
      texts[i].resize(random() % 70);
      for (char& c : texts[i]) c = static_cast<char>(random());
      entry.texts[i] = texts[i];
    }
    ExpectSame(RoundTrip(entry, memory), entry);
  }
}

TEST(LogEntry, PointsIntoTheMemoryItWasReadFrom) {
  std::vector<std::byte> memory;
  LogEntry entry;
  const std::string text = "a sentence";
  entry.text(LogText::kMessage) = text;
  const LogEntry read = RoundTrip(entry, memory);
  const void* at = read.text(LogText::kMessage).data();
  EXPECT_GE(at, memory.data());
  EXPECT_LT(at, memory.data() + memory.size());
}

}  // namespace
}  // namespace moorage::telemetry

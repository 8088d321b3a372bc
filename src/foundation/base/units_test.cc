#include "foundation/base/units.h"

#include <gtest/gtest.h>

#include <limits>

namespace moorage::base {
namespace {

TEST(ParseBytes, ReadsWholeNumbersWithBinaryAndDecimalUnits) {
  EXPECT_EQ(ParseBytes("64MiB").value(), 67'108'864U);
  EXPECT_EQ(ParseBytes("10MB").value(), 10'000'000U);
  EXPECT_EQ(ParseBytes("512").value(), 512U);
  EXPECT_EQ(ParseBytes("0B").value(), 0U);
  EXPECT_EQ(ParseBytes("3TiB").value(), 3'298'534'883'328U);
  EXPECT_EQ(ParseBytes("1kB").value(), 1000U);
  EXPECT_EQ(ParseBytes("007KiB").value(), 7168U);
}

TEST(ParseBytes, AcceptsTheLargestSizeAndRefusesOneMore) {
  EXPECT_EQ(ParseBytes("18446744073709551615").value(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(ParseBytes("16777215TiB").value(), 16777215ULL << 40);
  for (const char* text : {"18446744073709551616", "16777216TiB", "99999999999999999999999B"}) {
    const auto result = ParseBytes(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code, Code::kInvalid);
    EXPECT_NE(result.error().message.find("too large"), std::string::npos);
  }
}

TEST(ParseBytes, RefusesSignsFractionsSpacesAndUnknownUnits) {
  for (const char* text : {"", "MiB", "-1", "+1", "1.5MiB", "1 MiB", "1mib", "1K", "1KB", "1MiBs",
                           "0x10", " 1", "1 ", "1e3"}) {
    EXPECT_FALSE(ParseBytes(text).ok()) << text;
  }
}

TEST(FormatBytes, PrintsTheShortestFormThatReadsBackExactly) {
  EXPECT_EQ(FormatBytes(67'108'864), "64MiB");
  EXPECT_EQ(FormatBytes(1500), "1500B");
  EXPECT_EQ(FormatBytes(0), "0B");
  EXPECT_EQ(FormatBytes(10'000'000), "10MB");
  for (const std::uint64_t bytes :
       {std::uint64_t{1}, std::uint64_t{1023}, std::uint64_t{1024}, std::uint64_t{1000},
        std::uint64_t{1} << 40, std::numeric_limits<std::uint64_t>::max()}) {
    EXPECT_EQ(ParseBytes(FormatBytes(bytes)).value(), bytes);
  }
}

TEST(ParseDuration, ReadsOneWholeNumberAndOneUnit) {
  using namespace std::chrono_literals;
  EXPECT_EQ(ParseDuration("10s").value(), 10s);
  EXPECT_EQ(ParseDuration("250ms").value(), 250ms);
  EXPECT_EQ(ParseDuration("1h").value(), 1h);
  EXPECT_EQ(ParseDuration("30d").value(), 720h);
  EXPECT_EQ(ParseDuration("5m").value(), 5min);
  EXPECT_EQ(ParseDuration("7us").value(), 7us);
  EXPECT_EQ(ParseDuration("0ns").value(), 0ns);
  EXPECT_EQ(ParseDuration("106751d").value(), 106751 * 24h);
  EXPECT_EQ(ParseDuration("9223372036854775807ns").value(), Duration::max());
}

TEST(ParseDuration, RefusesWhatItCannotHoldOrRead) {
  for (const char* text : {"106752d", "9223372036854775808ns", "", "10", "s", "-1s", "1.5s",
                           "1s500ms", "1 s", "1S", "1min", "1w", "18446744073709551616ns"}) {
    const auto result = ParseDuration(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code, Code::kInvalid);
  }
}

TEST(FormatDuration, UsesTheLargestUnitThatLosesNothing) {
  using namespace std::chrono_literals;
  EXPECT_EQ(FormatDuration(10s), "10s");
  EXPECT_EQ(FormatDuration(90s), "90s");
  EXPECT_EQ(FormatDuration(720h), "30d");
  EXPECT_EQ(FormatDuration(1500us), "1500us");
  EXPECT_EQ(FormatDuration(0s), "0s");
  EXPECT_EQ(FormatDuration(-5s), "-5s");
  EXPECT_EQ(FormatDuration(Duration::min()), "-9223372036854775808ns");
}

TEST(FormatTime, PrintsUtcWithMilliseconds) {
  EXPECT_EQ(FormatTime(Time(std::chrono::microseconds(1769476092345000))),
            "2026-01-27T01:08:12.345Z");
  EXPECT_EQ(FormatTime(Time{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTime(Time(std::chrono::microseconds(999))), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTime(Time(std::chrono::microseconds(-1))), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatTime(Time(std::chrono::seconds(951782400))), "2000-02-29T00:00:00.000Z");
}

TEST(ParseTime, ReadsDatesFractionsAndOffsets) {
  const auto at = [](std::int64_t microseconds) {
    return Time(std::chrono::microseconds(microseconds));
  };
  EXPECT_EQ(ParseTime("2026-01-27").value(), at(1769472000000000));
  EXPECT_EQ(ParseTime("2026-01-27T01:08:12Z").value(), at(1769476092000000));
  EXPECT_EQ(ParseTime("2026-01-27T01:08:12").value(), at(1769476092000000));
  EXPECT_EQ(ParseTime("2026-01-27T01:08:12.5").value(), at(1769476092500000));
  EXPECT_EQ(ParseTime("2026-01-27T01:08:12.345Z").value(), at(1769476092345000));
  EXPECT_EQ(ParseTime("2026-01-27T01:08:12.345678Z").value(), at(1769476092345678));
  EXPECT_EQ(ParseTime("2026-01-27T01:08:12.5Z").value(), at(1769476092500000));
  EXPECT_EQ(ParseTime("2026-01-27T03:08:12+02:00").value(), at(1769476092000000));
  EXPECT_EQ(ParseTime("2026-01-26T20:38:12-04:30").value(), at(1769476092000000));
  EXPECT_EQ(ParseTime("1969-12-31T23:59:59.999999Z").value(), at(-1));
}

TEST(ParseTime, KnowsLeapYears) {
  EXPECT_TRUE(ParseTime("2000-02-29").ok());
  EXPECT_TRUE(ParseTime("2024-02-29").ok());
  EXPECT_FALSE(ParseTime("1900-02-29").ok());
  EXPECT_FALSE(ParseTime("2023-02-29").ok());
  EXPECT_FALSE(ParseTime("2023-04-31").ok());
}

TEST(ParseTime, RefusesWhatIsNotATime) {
  for (const char* text : {"",
                           "2026",
                           "2026-1-27",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-01-00",
                           "26-01-27",
                           "2026-01-27T",
                           "2026-01-27T01:08Z",
                           "2026-01-27T24:00:00Z",
                           "2026-01-27T01:60:00Z",
                           "2026-01-27T01:08:60Z",
                           "2026-01-27T01:08:12.Z",
                           "2026-01-27T01:08:12.1234567Z",
                           "2026-01-27 01:08:12Z",
                           "2026-01-27T01:08:12z",
                           "2026-01-27T01:08:12+2:00",
                           "2026-01-27T01:08:12+02",
                           "2026-01-27T01:08:12+24:00",
                           "2026-01-27T01:08:12ZZ",
                           " 2026-01-27",
                           "2026-01-27\n",
                           "yesterday"}) {
    const auto result = ParseTime(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code, Code::kInvalid);
  }
}

TEST(ParseTime, ReadsBackWhatFormatTimePrintsForEveryDayOfFourCenturies) {
  for (Time day = ParseTime("1900-01-01").value(); day < ParseTime("2300-01-01").value();
       day += std::chrono::hours(24)) {
    ASSERT_EQ(ParseTime(FormatTime(day)).value(), day);
  }
}

}  // namespace
}  // namespace moorage::base

#include "edge/api/content_coding.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::api {
namespace {

using Step = Inflater::Step;

// "hello" with gzip and with zlib.
constexpr std::string_view kGzipHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00"
    "\x00\x00",
    25);
constexpr std::string_view kZlibHello("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15", 13);

TEST(ContentCoding, KnowsTheCodingsThatItReads) {
  EXPECT_EQ(ParseCoding("gzip"), ContentCoding::kGzip);
  EXPECT_EQ(ParseCoding("X-GZIP"), ContentCoding::kGzip);
  EXPECT_EQ(ParseCoding("deflate"), ContentCoding::kDeflate);
  EXPECT_EQ(ParseCoding("Identity"), ContentCoding::kIdentity);
  for (const char* other : {"br", "zstd", "gzip, gzip"})
    EXPECT_EQ(ParseCoding(other), std::nullopt);
}

TEST(ContentCoding, CompressesOnlyForClientsThatTakeIt) {
  for (const char* takes : {"gzip", "deflate, gzip;q=0.5", "*", "br;q=1, GZIP;q=0.001"}) {
    EXPECT_TRUE(AcceptsGzip(takes)) << takes;
  }
  for (const char* refuses :
       {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*, gzip;q=0", "*;q=0", "gzipped"}) {
    EXPECT_FALSE(AcceptsGzip(refuses)) << refuses;
  }
}

TEST(ContentCoding, ReadsBothForms) {
  for (const auto& [coding, body] :
       {std::pair{ContentCoding::kGzip, kGzipHello}, {ContentCoding::kDeflate, kZlibHello}}) {
    Inflater inflater(coding);
    json::ByteBuffer out;
    EXPECT_EQ(inflater.Go(body, 100, out), Step::kDone);
    EXPECT_EQ(out.view(), "hello");
  }
}

TEST(ContentCoding, ReadsInSlices) {
  Inflater inflater(ContentCoding::kGzip);
  json::ByteBuffer out;
  int slices = 1;
  while (inflater.Go(kGzipHello, 2, out) == Step::kMore) ASSERT_LT(++slices, 10);
  EXPECT_GE(slices, 3);
  EXPECT_EQ(out.view(), "hello");
}

TEST(ContentCoding, RefusesWhatIsCutOrFollowedOrOtherwiseCoded) {
  const std::string followed = std::string(kGzipHello) + "x";
  for (const std::string_view bad : {std::string_view("hello"), kGzipHello.substr(0, 20),
                                     std::string_view(followed), kZlibHello, std::string_view()}) {
    Inflater inflater(ContentCoding::kGzip);
    json::ByteBuffer out;
    EXPECT_EQ(inflater.Go(bad, 100, out), Step::kBroken) << bad.size();
  }
}

TEST(ContentCoding, CompressesWhatShrinks) {
  Deflater deflater;
  for (int round = 0; round < 2; ++round) {
    const std::string text(5000, 'x');
    const auto compressed = deflater.Compress(text);
    ASSERT_TRUE(compressed.has_value());
    EXPECT_LT(compressed->size(), 200U);
    Inflater inflater(ContentCoding::kGzip);
    json::ByteBuffer out;
    EXPECT_EQ(inflater.Go(*compressed, 6000, out), Step::kDone);
    EXPECT_EQ(out.view(), text);
  }
  EXPECT_EQ(deflater.Compress("abc"), std::nullopt);
}

TEST(ContentCoding, CompressesABodyInPieces) {
  Deflater deflater;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i);
  for (int round = 0; round < 2; ++round) {
    json::ByteBuffer packed;
    ASSERT_TRUE(
        deflater.Add(std::string_view(text).substr(0, 300'000), Deflater::Piece::kMore, packed));
    ASSERT_TRUE(
        deflater.Add(std::string_view(text).substr(300'000), Deflater::Piece::kLast, packed));
    EXPECT_LT(packed.size(), text.size());
    Inflater inflater(ContentCoding::kGzip);
    json::ByteBuffer out;
    EXPECT_EQ(inflater.Go(packed.view(), text.size() + 1, out), Step::kDone);
    EXPECT_EQ(out.view(), text);
  }
}

}  // namespace
}  // namespace moorage::api

#include "edge/http1/chunked_decoder.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::http1 {
namespace {

struct Outcome {
  int status = 0;  // 0 is done, -1 awaits more
  std::string body;
  std::size_t taken = 0;

  bool operator==(const Outcome&) const = default;
};

Outcome Decode(std::string_view bytes, std::size_t step, std::size_t limit = 100) {
  ChunkedDecoder decoder({.body_bytes = limit});
  json::ByteBuffer body;
  Outcome outcome;
  while (outcome.taken < bytes.size() && !decoder.done() && !decoder.error()) {
    outcome.taken += decoder.Feed(bytes.substr(outcome.taken, step), body);
  }
  outcome.body = body.view();
  outcome.status = decoder.error() ? decoder.error()->status : (decoder.done() ? 0 : -1);
  return outcome;
}

TEST(ChunkedDecoder, JoinsChunksAndStopsAfterTheLast) {
  const std::string text = "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nTrailer: x\r\n\r\nGET /";
  const Outcome whole = Decode(text, text.size());
  EXPECT_EQ(whole, (Outcome{0, "hello world", text.size() - 5}));
  for (std::size_t step = 1; step < text.size(); ++step) EXPECT_EQ(Decode(text, step), whole);
}

TEST(ChunkedDecoder, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const std::string_view text :
       {"\r\n", ";a\r\n", "g\r\n", "0x5\r\n", "-1\r\n", " 5\r\n", "5 \r\n", "5\n", "5\r5",
        "5\r\nhello!", "5\r\nhello\n", "5\r\nhello\rx", "0\r\n\n", "0\r\n X: y\r\n\r\n",
        "0\r\nX\x01: y\r\n", "5;a\x01\r\n", "5;a\nb\r\n"}) {
    EXPECT_EQ(Decode(text, 100).status, 400) << text;
  }
}

TEST(ChunkedDecoder, KeepsItsLimits) {
  EXPECT_EQ(Decode("64\r\n", 100).status, -1);
  EXPECT_EQ(Decode("65\r\n", 100).status, 413);
  EXPECT_EQ(Decode("3c\r\n" + std::string(60, 'a') + "\r\n29\r\n", 100).status, 413);
  EXPECT_EQ(Decode("ffffffffffffffff\r\n", 100).status, 413);
  EXPECT_EQ(Decode("fffffffffffffffff\r\n", 100).status, 413);
  EXPECT_EQ(Decode("1;" + std::string(300, 'a'), 100).status, 400);
  EXPECT_EQ(Decode("0\r\nX: " + std::string(20000, 'a'), 100).status, 431);
}

}  // namespace
}  // namespace moorage::http1

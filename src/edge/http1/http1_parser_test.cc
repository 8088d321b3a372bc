#include "edge/http1/http1_parser.h"

#include <gtest/gtest.h>

#include <boost/beast/http/basic_parser.hpp>
#include <string>
#include <utility>
#include <vector>

namespace moorage::http1 {
namespace {

// Status 0 means accepted, -1 that more bytes are awaited.
int ParseOutcome(std::string_view bytes) {
  Http1Parser parser({});
  Http1Parser::Progress progress;
  const Http1Parser::Scan scan = Http1Parser::FindEnd(bytes, parser.limits(), progress);
  if (scan.error.has_value()) return scan.error->status;
  if (scan.head_bytes == 0) return -1;
  const auto error = parser.Parse(bytes.substr(0, scan.head_bytes));
  return error.has_value() ? error->status : 0;
}

struct Case {
  std::string_view name;
  std::string request;
  int status;
};

// The head "GET / HTTP/1.1" with Host and these lines.
std::string With(std::string_view lines) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
}
std::string Target(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
std::string Line(std::string_view line) { return std::string(line) + "\r\nHost: a\r\n\r\n"; }

std::vector<Case> Cases() {
  using namespace std::string_literals;
  return {
      {"plain", With(""), 0},
      {"no host in 1.0", "GET / HTTP/1.0\r\n\r\n", 0},
      {"host in 1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 0},
      {"incomplete", "GET / HTTP/1.1\r\nHost: a\r\n", -1},
      {"incomplete line", "GET", -1},
      {"nothing", "", -1},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", With("Host: b\r\n"), 400},
      {"two equal hosts", With("Host: a\r\n"), 400},
      {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
      {"host with port", "GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n", 0},
      {"host with space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"host with path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"host with user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"content-length", With("Content-Length: 5\r\n"), 0},
      {"content-length zero", With("Content-Length: 0\r\n"), 0},
      {"leading zeros", With("Content-Length: 005\r\n"), 0},
      {"padded value", With("Content-Length: \t 5 \t\r\n"), 0},
      {"equal lengths", With("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {"different lengths", With("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {"length list", With("Content-Length: 5, 5\r\n"), 400},
      {"plus sign", With("Content-Length: +5\r\n"), 400},
      {"minus sign", With("Content-Length: -5\r\n"), 400},
      {"hex length", With("Content-Length: 0x5\r\n"), 400},
      {"empty length", With("Content-Length:\r\n"), 400},
      {"fraction", With("Content-Length: 5.0\r\n"), 400},
      {"chunked", With("Transfer-Encoding: chunked\r\n"), 0},
      {"chunked in capitals", With("TRANSFER-ENCODING: CHUNKED\r\n"), 0},
      {"chunked and length", With("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
      {"length and chunked", With("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"chunked twice", With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"chunked list twice", With("Transfer-Encoding: chunked, chunked\r\n"), 501},
      {"xchunked", With("Transfer-Encoding: xchunked\r\n"), 501},
      {"xchunked and length", With("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n"), 400},
      {"chunkedx", With("Transfer-Encoding: chunkedx\r\n"), 501},
      {"vertical tab chunked", With("Transfer-Encoding: \x0b"s + "chunked\r\n"), 400},
      {"gzip, chunked", With("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"identity", With("Transfer-Encoding: identity\r\n"), 501},
      {"quoted chunked", With("Transfer-Encoding: \"chunked\"\r\n"), 501},
      {"empty encoding", With("Transfer-Encoding:\r\n"), 501},
      {"space before colon", With("Transfer-Encoding : chunked\r\n"), 400},
      {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"folded line", With("X: a\r\n b\r\n"), 400},
      {"folded with tab", With("X: a\r\n\tb\r\n"), 400},
      {"folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"no colon", With("X\r\n"), 400},
      {"empty name", With(": x\r\n"), 400},
      {"space in name", With("X Y: x\r\n"), 400},
      {"zero byte in name", With("X\0Y: x\r\n"s), 400},
      {"zero byte in value", With("X: a\0b\r\n"s), 400},
      {"control in value", With("X: a\x01\r\n"), 400},
      {"delete in value", With("X: aaaaaaaaaa\x7f\r\n"), 400},
      {"tab in value", With("X: aaaaaaaa\tb\r\n"), 0},
      {"latin in value", With("X: \xe9t\xe9 in a long header value\r\n"), 0},
      {"empty value", With("X:\r\n"), 0},
      {"bare line feed", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare line feed in headers", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
      {"bare return", With("X: a\rb\r\n"), 400},
      {"return before end", With("X: a\r\r\n"), 400},
      {"leading space", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tls hello", "\x16\x03\x01\x02", 400},
      {"two spaces", Line("GET  / HTTP/1.1"), 400},
      {"tab between", Line("GET\t/ HTTP/1.1"), 400},
      {"space at the end", Line("GET / HTTP/1.1 "), 400},
      {"no version", Line("GET /"), 400},
      {"lower case version", Line("GET / http/1.1"), 400},
      {"short version", Line("GET / HTTP/1"), 400},
      {"long version", Line("GET / HTTP/1.10"), 400},
      {"version 1.2", Line("GET / HTTP/1.2"), 505},
      {"version 2.0", Line("GET / HTTP/2.0"), 505},
      {"version 0.9", Line("GET / HTTP/0.9"), 505},
      {"http/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"unknown method", Line("BREW / HTTP/1.1"), 0},
      {"lower case method", Line("get / HTTP/1.1"), 0},
      {"bad method", Line("G(T / HTTP/1.1"), 400},
      {"long method", Line(std::string(33, 'M') + " / HTTP/1.1"), 400},
      {"star for options", Line("OPTIONS * HTTP/1.1"), 0},
      {"star for get", Target("*"), 400},
      {"authority", Line("CONNECT a:80 HTTP/1.1"), 400},
      {"relative", Target("a/b"), 400},
      {"url", Target("http://example.com:80/a?b"), 0},
      {"url without path", Target("http://example.com"), 0},
      {"url with query only", Target("http://example.com?q"), 0},
      {"url without host", Target("http:///a"), 400},
      {"url with user", Target("http://u@a/"), 400},
      {"other scheme", Target("ftp://a/"), 400},
      {"fragment", Target("/a#b"), 400},
      {"raw utf-8", Target("/\xc3\xa9"), 400},
      {"escape", Target("/a%20b"), 0},
      {"half an escape", Target("/a%2"), 400},
      {"no digits", Target("/a%zz"), 400},
      {"lone percent", Target("/%"), 400},
      {"zero byte", Target("/a%00"), 400},
      {"percent in query", Target("/a?%zz"), 0},
      {"expect", With("Expect: 100-continue\r\n"), 0},
      {"other expectation", With("Expect: tea\r\n"), 417},
      {"target at the limit", Target("/" + std::string(8191, 'a')), 0},
      {"target beyond", Target("/" + std::string(8192, 'a')), 414},
      {"endless target", "GET /" + std::string(9000, 'a'), 414},
      {"large head", With("X: " + std::string(16384, 'a') + "\r\n"), 431},
      {"endless head", "GET / HTTP/1.1\r\nX: " + std::string(17000, 'a'), 431},
  };
}

TEST(Http1Parser, JudgesEachRequestAsItShould) {
  for (const Case& entry : Cases()) {
    EXPECT_EQ(ParseOutcome(entry.request), entry.status) << entry.name;
  }
}

TEST(Http1Parser, JudgesAlikeHoweverTheBytesArrive) {
  for (const Case& entry : Cases()) {
    if (entry.request.size() > 400) continue;
    Http1Parser parser({});
    Http1Parser::Progress progress;
    int status = -1;
    for (std::size_t size = 1; size <= entry.request.size() && status == -1; ++size) {
      const std::string arrived = entry.request.substr(0, size);
      const auto scan = Http1Parser::FindEnd(arrived, parser.limits(), progress);
      if (scan.error.has_value()) {
        status = scan.error->status;
      } else if (scan.head_bytes > 0) {
        const auto error = parser.Parse(std::string_view(arrived).substr(0, scan.head_bytes));
        status = error.has_value() ? error->status : 0;
      }
    }
    EXPECT_EQ(status, entry.status) << entry.name;
  }
}

TEST(Http1Parser, RefusesMoreHeadersThanItHasRoomFor) {
  std::string lines;
  for (std::size_t i = 0; i + 1 < Http1Parser::kMaxHeaders; ++i) lines += "X: y\r\n";
  EXPECT_EQ(ParseOutcome(With(lines)), 0);
  EXPECT_EQ(ParseOutcome(With(lines + "X: y\r\n")), 431);
}

Http1Head ParseHead(Http1Parser& parser, const std::string& head) {
  const auto error = parser.Parse(head);
  EXPECT_FALSE(error.has_value()) << (error.has_value() ? error->message : "");
  return parser.head();
}

TEST(Http1Parser, DecodesThePathOnceAndKeepsEncodedSlashesAsData) {
  struct Row {
    std::string head;
    std::string_view path;
    std::string_view query;
  };
  const Row rows[] = {
      {Target("/v2/my%20model%2Fx/%252F?a=%20"), "/v2/my model%2Fx/%2F", "a=%20"},
      {Target("http://example.com:80/a/b?c"), "/a/b", "c"},
      {Target("HTTP://example.com?c"), "/", "c"},
      {Target("/a?b?c"), "/a", "b?c"},
  };
  Http1Parser parser({});
  for (const Row& row : rows) {
    const Http1Head head = ParseHead(parser, row.head);
    EXPECT_EQ(head.path, row.path);
    EXPECT_EQ(head.query, row.query);
  }
}

TEST(Http1Parser, KnowsWhetherTheConnectionIsKept) {
  Http1Parser parser({});
  EXPECT_TRUE(ParseHead(parser, With("")).keep_alive);
  EXPECT_FALSE(ParseHead(parser, With("Connection: close\r\n")).keep_alive);
  EXPECT_FALSE(ParseHead(parser, With("Connection: x, Close\r\n")).keep_alive);
  EXPECT_FALSE(ParseHead(parser, With("Connection: x\r\nConnection: close\r\n")).keep_alive);
  EXPECT_TRUE(ParseHead(parser, With("Connection: closed\r\n")).keep_alive);
  EXPECT_FALSE(ParseHead(parser, "GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(ParseHead(parser, "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(
      ParseHead(parser, "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").keep_alive);
}

TEST(Http1Parser, SaturatesALengthBeyond64Bits) {
  Http1Parser parser({});
  EXPECT_EQ(ParseHead(parser, With("Content-Length: 99999999999999999999\r\n")).content_length,
            UINT64_MAX);
  EXPECT_EQ(ParseHead(parser, With("Content-Length: 1844674407370955161\r\n")).content_length,
            1844674407370955161U);
}

// An independent reader of the same bytes.
class BeastHead : public boost::beast::http::basic_parser<true> {
 public:
  using View = boost::beast::string_view;
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;

 private:
  using Code = boost::beast::error_code;
  void on_request_impl(boost::beast::http::verb /*verb*/, View name, View path, int /*version*/,
                       Code& /*error*/) override {
    method = std::string(name);
    target = std::string(path);
  }
  void on_response_impl(int /*code*/, View /*reason*/, int /*version*/, Code& /*error*/) override {}
  void on_field_impl(boost::beast::http::field /*field*/, View name, View value,
                     Code& /*error*/) override {
    fields.emplace_back(std::string(name), std::string(value));
  }
  void on_header_impl(Code& /*error*/) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const& /*length*/,
                         Code& /*error*/) override {}
  std::size_t on_body_impl(View body, Code& /*error*/) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t /*size*/, View /*extensions*/, Code& /*error*/) override {
  }
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, View body, Code& /*error*/) override {
    return body.size();
  }
  void on_finish_impl(Code& /*error*/) override {}
};

TEST(Http1Parser, AcceptsNothingThatBeastRefusesAndReadsTheSame) {
  for (const Case& entry : Cases()) {
    if (entry.status != 0) continue;
    Http1Parser parser({});
    const Http1Head head = ParseHead(parser, entry.request);
    BeastHead other;
    boost::beast::error_code error;
    other.header_limit(32 * 1024);
    other.put(boost::asio::buffer(entry.request), error);
    EXPECT_TRUE(other.is_header_done()) << entry.name << ": " << error.message();
    EXPECT_EQ(other.keep_alive(), head.keep_alive) << entry.name;
    EXPECT_EQ(other.chunked(), head.chunked) << entry.name;
    ASSERT_EQ(other.fields.size(), head.headers.size()) << entry.name;
    for (std::size_t i = 0; i < other.fields.size(); ++i) {
      EXPECT_EQ(other.fields[i].first, head.headers[i].name) << entry.name;
      EXPECT_EQ(other.fields[i].second, head.headers[i].value) << entry.name;
    }
  }
}

}  // namespace
}  // namespace moorage::http1

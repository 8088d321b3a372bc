#include "edge/management/multipart.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::management_http {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=XX";

std::string Part(const std::string& disposition, const std::string& bytes) {
  return "--XX\r\nContent-Disposition: " + disposition + "\r\n\r\n" + bytes + "\r\n";
}

TEST(Multipart, SplitsWhatCurlSends) {
  const std::string binary("\x08\x07\0\r\n--X\r\n", 11);
  const std::string body = Part("form-data; name=\"model\"; filename=\"m.onnx\"", binary) +
                           Part("form-data; name=metadata", "{}") + "--XX--\r\n";
  const auto parts = ParseMultipart(kType, body);
  ASSERT_TRUE(parts.ok()) << parts.error().message;
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].name, "model");
  EXPECT_EQ((*parts)[0].filename, "m.onnx");
  EXPECT_EQ((*parts)[0].bytes, binary);
  EXPECT_EQ((*parts)[1].bytes, "{}");
}

TEST(Multipart, AcceptsAnEmptyPartAndAQuotedBoundary) {
  const auto parts = ParseMultipart("Multipart/Form-Data; charset=utf-8; Boundary=\"XX\"",
                                    Part("form-data; name=\"a\"", "") + "--XX--");
  ASSERT_TRUE(parts.ok()) << parts.error().message;
  EXPECT_EQ(parts->at(0).bytes, "");
}

TEST(Multipart, KeepsOnlyTheLastComponentOfAFileName) {
  for (const char* name : {"../../etc/passwd", "C:\\\\dir\\\\passwd", "/passwd", "passwd"}) {
    const auto parts = ParseMultipart(
        kType,
        Part(std::string("form-data; name=\"a\"; filename=\"") + name + "\"", "x") + "--XX--");
    ASSERT_TRUE(parts.ok());
    EXPECT_EQ(parts->at(0).filename, "passwd");
  }
}

TEST(Multipart, RefusesWhatIsMalformed) {
  const std::string good = Part("form-data; name=\"a\"", "x");
  for (const std::string& body :
       {std::string(), std::string("XX"), good, good + "--XX", good + good + "--XX--",
        good + "--XX--trailing", Part("form-data", "x") + "--XX--",
        Part("attachment; name=\"a\"", "x") + "--XX--", std::string("--XX\r\nno end"),
        std::string("--XX\r\n\r\nx\r\n--XX--"), "--XXY" + good,
        Part("form-data; name=\"a", "x") + "--XX--",
        "--XX\r\nA: " + std::string(5000, 'x') + "\r\n\r\n\r\n--XX--"}) {
    EXPECT_FALSE(ParseMultipart(kType, body).ok()) << body.substr(0, 80);
  }
  EXPECT_FALSE(ParseMultipart("multipart/form-data", good + "--XX--").ok());
  EXPECT_FALSE(ParseMultipart("multipart/form-data; boundary=" + std::string(71, 'x'), good).ok());
}

TEST(Multipart, BoundsTheNumberOfParts) {
  std::string body;
  for (int i = 0; i < 65; ++i) body += Part("form-data; name=\"p" + std::to_string(i) + "\"", "");
  EXPECT_FALSE(ParseMultipart(kType, body + "--XX--").ok());
}

}  // namespace
}  // namespace moorage::management_http

#include "foundation/json/text_encoding.h"

#include <gtest/gtest.h>

#include <string>

#include "foundation/json/json.h"
#include "foundation/json/json_cursor.h"

namespace moorage::json {
namespace {

using namespace std::string_literals;

// What both readers write about a text that is no JSON.
std::string ProblemOfDocument(const std::string& text) {
  const auto json = ParseJson(text);
  return json.ok() ? "" : json.error().message;
}

std::string ProblemOfCursor(const std::string& text) {
  JsonCursor json(text);
  if (json.BeginObject()) {
    std::string_view name;
    while (json.NextMember(name)) json.Skip();
  }
  return json.AtEnd() ? "" : json.problem();
}

TEST(TextEncoding, NamesAByteOrderMark) {
  for (const std::string& text : {"\xEF\xBB\xBF{}"s, "\xEF\xBB\xBF"s, "\xEF\xBB\xBF[1]"s}) {
    EXPECT_NE(ProblemOfDocument(text).find("byte order mark"), std::string::npos) << text;
    EXPECT_NE(ProblemOfCursor(text).find("byte order mark"), std::string::npos) << text;
  }
}

TEST(TextEncoding, NamesUtf16WithAndWithoutAMark) {
  for (const std::string& text : {"\xFF\xFE{\0}\0"s, "\xFE\xFF\0{\0}"s, "{\0}\0"s, "\0{\0}"s,
                                  "\0\0\0{\0\0\0}"s, "\xFF\xFE\0\0{\0\0\0"s}) {
    EXPECT_NE(ProblemOfDocument(text).find("UTF-16"), std::string::npos) << text;
    EXPECT_NE(ProblemOfCursor(text).find("UTF-16"), std::string::npos) << text;
  }
}

TEST(TextEncoding, LeavesOtherMistakesToTheReaders) {
  for (const std::string& text : {""s, "{"s, "nul"s, "{\"\0\":1}"s, "\xC3\xA4"s, "\xEF\xBB"s}) {
    EXPECT_EQ(EncodingProblem(text), nullptr) << text;
    EXPECT_EQ(ProblemOfCursor(text).find("UTF-16"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace moorage::json

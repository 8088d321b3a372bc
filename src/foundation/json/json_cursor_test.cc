#include "foundation/json/json_cursor.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "foundation/json/json.h"

namespace moorage::json {
namespace {

bool Accepts(std::string_view text) {
  JsonCursor json(text);
  json.Skip();
  return json.AtEnd();
}

std::string Text(std::string_view json_text) {
  JsonCursor json(json_text);
  std::string_view text;
  json.ReadString(text);
  const std::string copy(text);
  return json.AtEnd() ? copy : std::string("refused: ") + json.problem();
}

TEST(JsonCursor, AcceptsEveryKindOfValue) {
  for (const char* text :
       {"0", "-0", "1.5e+3", "\"\"", "true", "false", "null", "[]", "{}", " [ 1 , 2 ] ",
        R"({"a":{"b":[null,true,{"c":"d"}]},"e":[]})", "\"\xC3\xA9\"", "\"\xF0\x9F\x98\x80\""}) {
    EXPECT_TRUE(Accepts(text)) << text;
  }
}

TEST(JsonCursor, RefusesWhatTheGrammarRefuses) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "01",
                           "-",
                           "+1",
                           ".5",
                           "1.",
                           "1e",
                           "1e+",
                           "0x1",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "nul",
                           "truE",
                           "tru",
                           "[tru]",
                           "\"",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12G4\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud800\\u0041\"",
                           "\"\t\"",
                           "1 2",
                           "[1]]",
                           "{}}",
                           "\"\xff\"",
                           "\"\xC0\x80\"",
                           "\"\xED\xA0\x80\"",
                           "\"\xF4\x90\x80\x80\"",
                           "\"\xE2\x82\"",
                           "\xEF\xBB\xBF[]",
                           "'a'",
                           "[1}",
                           "{\"a\":1]"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
}

TEST(JsonCursor, ChecksWhatItSkips) {
  for (const char* text : {R"([{"x":tru}])", R"({"a":{"b":01}})", R"({"a":"\q"})"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
}

TEST(JsonCursor, RefusesTenThousandLevelsWithoutRecursion) {
  EXPECT_FALSE(Accepts(std::string(10000, '[') + std::string(10000, ']')));
  EXPECT_TRUE(Accepts(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(Accepts(std::string(65, '[') + std::string(65, ']')));
}

TEST(JsonCursor, UndoesEscapes) {
  EXPECT_EQ(Text(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(Text(R"("\u0041\u00e9\u20ac\ud83d\ude00")"), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(Text("\"\xC3\xA9\\n\xC3\xA9\""), "\xC3\xA9\n\xC3\xA9");
}

TEST(JsonCursor, NamesThePlaceOfTheMistake) {
  JsonCursor json(R"({"a": [1, 2,, 3]})");
  json.Skip();
  EXPECT_FALSE(json.AtEnd());
  EXPECT_EQ(json.position(), 12U);
  EXPECT_STREQ(json.problem(), "a value cannot begin here");
}

TEST(JsonCursor, AgreesWithTheDocumentReaderOnMutatedDocuments) {
  const std::string seed =
      R"({"features":[1,2.5,-3e2,0.001],"n":null,"s":"a\u00e9\n","t":[true,false,{"k":[[]]}]})";
  std::mt19937_64 random(9);
  constexpr std::string_view kAlphabet = "{}[],:\"\\0123456789eE+-.tfnul \xC3\xA9";
  for (int i = 0; i < 20000; ++i) {
    std::string text = seed;
    for (auto edits = 1 + random() % 3; edits > 0; --edits) {
      const auto at = random() % text.size();
      const char c = kAlphabet[random() % kAlphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.erase(at, 1);
          break;
        default:
          text.insert(at, 1, c);
      }
    }
    const auto reference = ParseJson(text);
    // The document reader refuses duplicate names. A cursor leaves names to its user.
    if (!reference.ok() && reference.error().message.find("twice") != std::string::npos) continue;
    if (!reference.ok() && reference.error().message.find("uplicate") != std::string::npos)
      continue;
    const bool huge =
        !reference.ok() && reference.error().message.find("out of range") != std::string::npos;
    if (huge) continue;  // a cursor reads it as kTooLarge
    ASSERT_EQ(Accepts(text), reference.ok())
        << text << (reference.ok() ? "" : reference.error().message);
  }
}

}  // namespace
}  // namespace moorage::json

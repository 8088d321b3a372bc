#include "foundation/base/ascii.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>

namespace moorage::base {
namespace {

TEST(Ascii, ClassifiesEveryByteAsTheLocaleCDoes) {
  for (int i = 0; i < 128; ++i) {
    const auto c = static_cast<char>(i);
    EXPECT_EQ(IsDigit(c), std::isdigit(i) != 0) << i;
    EXPECT_EQ(IsLower(c), std::islower(i) != 0) << i;
    EXPECT_EQ(IsUpper(c), std::isupper(i) != 0) << i;
    EXPECT_EQ(IsLetter(c), std::isalpha(i) != 0) << i;
    EXPECT_EQ(IsControl(c), std::iscntrl(i) != 0) << i;
    EXPECT_EQ(ToLower(c), static_cast<char>(std::tolower(i))) << i;
    EXPECT_EQ(ToUpper(c), static_cast<char>(std::toupper(i))) << i;
    EXPECT_EQ(HexDigitValue(c) >= 0, std::isxdigit(i) != 0) << i;
  }
  for (int i = 128; i < 256; ++i) {
    const auto c = static_cast<char>(i);
    EXPECT_FALSE(IsDigit(c) || IsLetter(c) || IsControl(c)) << i;
    EXPECT_EQ(ToLower(c), c) << i;
    EXPECT_EQ(ToUpper(c), c) << i;
    EXPECT_EQ(HexDigitValue(c), -1) << i;
  }
  EXPECT_EQ(HexDigitValue('f'), 15);
  EXPECT_EQ(HexDigitValue('F'), 15);
}

TEST(Ascii, ComparesWithoutCaseInAnyLengthAndFindsEveryDifference) {
  for (std::size_t length = 0; length < 40; ++length) {
    std::string lower;
    std::string mixed;
    for (std::size_t i = 0; i < length; ++i) {
      lower.push_back("content-length"[i % 14]);
      mixed.push_back(i % 2 == 0 ? ToUpper(lower.back()) : lower.back());
    }
    EXPECT_TRUE(EqualsIgnoreCase(mixed, lower)) << length;
    for (std::size_t i = 0; i < length; ++i) {
      std::string other = mixed;
      other[i] = '_';
      EXPECT_FALSE(EqualsIgnoreCase(other, lower)) << length << " at " << i;
    }
    EXPECT_FALSE(EqualsIgnoreCase(mixed + "x", lower)) << length;
  }
  EXPECT_FALSE(EqualsIgnoreCase("@bcdefgh", "`bcdefgh")) << "they differ in the bit of the case";
}

TEST(Ascii, TrimsSpacesAndTabsOnly) {
  EXPECT_EQ(TrimBlanks(" \ta b\t "), "a b");
  EXPECT_EQ(TrimBlanks("\r\na\n"), "\r\na\n");
  EXPECT_EQ(TrimBlanks(" \t "), "");
  EXPECT_EQ(TrimBlanks(""), "");
}

TEST(Ascii, QuotesNoMoreThanAllowedAndNoControlCharacter) {
  EXPECT_EQ(Excerpt("abc", 3), "abc");
  EXPECT_EQ(Excerpt("abcd", 3), "abc...");
  EXPECT_EQ(QuotedExcerpt("a\nb\x7f", 10), "'a?b?'");
  EXPECT_EQ(QuotedExcerpt("abcd", 3), "'abc...'");
}

TEST(Ascii, CutsTextBetweenTwoCharacters) {
  EXPECT_EQ(FirstCharacters("abc", 3), "abc");
  EXPECT_EQ(FirstCharacters("abcd", 0), "");
  EXPECT_EQ(FirstCharacters("a\xC3\xA4z", 2), "a");
  EXPECT_EQ(FirstCharacters("a\xC3\xA4z", 3), "a\xC3\xA4");
  EXPECT_EQ(FirstCharacters("\xE2\x82\xAC\xE2\x82\xAC", 5), "\xE2\x82\xAC");
  EXPECT_EQ(FirstCharacters("\xF0\x9F\x98\x80!", 3), "");
  // No UTF-8: nothing but continuation bytes.
  EXPECT_EQ(FirstCharacters("\x80\x80\x80\x80\x80\x80", 5).size(), 5U);
}

}  // namespace
}  // namespace moorage::base

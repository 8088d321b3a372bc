#include "foundation/model/names.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::model {
namespace {

TEST(ModelName, TakesLettersDigitsDotsUnderscoresAndDashes) {
  for (const std::string& name : {std::string("cancer"), std::string("Cancer-2.v1_x"),
                                  std::string("0"), std::string("a"), std::string(128, 'x')}) {
    const auto parsed = ParseModelName(name);
    ASSERT_TRUE(parsed.ok()) << name;
    EXPECT_EQ(parsed->value(), name);
  }
}

TEST(ModelName, RefusesWhatCouldEscapeAPathOrAUrl) {
  for (const std::string& name :
       {std::string(), std::string(".."), std::string("-x"), std::string("_x"), std::string("a/b"),
        std::string("a@b"), std::string("a b"), std::string("a\n"), std::string("m\xc3\xa4"),
        std::string("a\0b", 3), std::string(129, 'x')}) {
    const auto parsed = ParseModelName(name);
    ASSERT_FALSE(parsed.ok()) << name;
    EXPECT_EQ(parsed.error().code, base::Code::kInvalid);
  }
}

TEST(ModelName, KeepsControlCharactersAndLengthOutOfTheMessage) {
  EXPECT_EQ(ParseModelName("a\nb").error().message,
            "model name 'a?b': must be 1 to 128 of A-Z a-z 0-9 . _ - and start with a letter or "
            "digit");
  EXPECT_LT(ParseModelName(std::string(10000, '/')).error().message.size(), 200U);
}

TEST(Alias, CanNeverBeReadAsAVersion) {
  EXPECT_TRUE(ParseAlias("production").ok());
  EXPECT_TRUE(ParseAlias("canary-2_b").ok());
  EXPECT_TRUE(ParseAlias(std::string(64, 'a')).ok());
  for (const std::string& alias :
       {std::string("1.0.0"), std::string("1"), std::string("v1.0.0"), std::string("Production"),
        std::string("-a"), std::string(), std::string(65, 'a')}) {
    EXPECT_FALSE(ParseAlias(alias).ok()) << alias;
  }
}

TEST(Digest, IsTheSha256OfTheBytes) {
  // FIPS 180-4, the example of one block.
  EXPECT_EQ(DigestOf("abc").value(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(*ParseDigest(DigestOf("").value()), DigestOf(""));
}

TEST(Digest, RefusesOtherAlgorithmsLengthsAndUpperCase) {
  const std::string hex(64, 'a');
  EXPECT_TRUE(ParseDigest("sha256:" + hex).ok());
  EXPECT_FALSE(ParseDigest(hex).ok());
  EXPECT_FALSE(ParseDigest("sha512:" + hex).ok());
  EXPECT_FALSE(ParseDigest("sha256:" + hex + "a").ok());
  EXPECT_FALSE(ParseDigest("sha256:" + hex.substr(1)).ok());
  EXPECT_FALSE(ParseDigest("sha256:" + std::string(64, 'A')).ok());
}

}  // namespace
}  // namespace moorage::model

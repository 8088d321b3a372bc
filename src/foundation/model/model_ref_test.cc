#include "foundation/model/model_ref.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

TEST(ModelRef, MeansProductionWithoutASelector) {
  const auto ref = ParseModelRef("cancer");
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(ref->name.value(), "cancer");
  ASSERT_NE(ref->alias(), nullptr);
  EXPECT_EQ(ref->alias()->value(), "production");
  EXPECT_EQ(ref->version(), nullptr);
  EXPECT_EQ(Format(*ref), "cancer@production");
}

TEST(ModelRef, TellsVersionsFromAliases) {
  struct Row {
    const char *text, *formatted;
    bool version;
  };
  for (const Row& row :
       {Row{"cancer@1.2.0", "cancer@1.2.0", true},
        Row{"cancer@1.2.0-rc.1+b.7", "cancer@1.2.0-rc.1+b.7", true},
        Row{"cancer@v1.2.0", "cancer@1.2.0", true}, Row{"cancer@staging", "cancer@staging", false},
        Row{"cancer@v2", "cancer@v2", false}, Row{"a.b-c_1@x", "a.b-c_1@x", false}}) {
    const auto ref = ParseModelRef(row.text);
    ASSERT_TRUE(ref.ok()) << row.text;
    EXPECT_EQ(ref->version() != nullptr, row.version) << row.text;
    EXPECT_EQ(Format(*ref), row.formatted);
    EXPECT_EQ(Format(*ParseModelRef(Format(*ref))), row.formatted);
  }
}

TEST(ModelRef, SaysWhichHalfIsWrong) {
  EXPECT_EQ(ParseModelRef("cancer@").error().message,
            "reference 'cancer@': a version or an alias must follow the '@'");
  EXPECT_NE(ParseModelRef("can cer@1.0.0").error().message.find("model name"), std::string::npos);
  EXPECT_NE(ParseModelRef("cancer@1.0").error().message.find("version '1.0'"), std::string::npos);
  EXPECT_NE(ParseModelRef("cancer@Prod").error().message.find("alias 'Prod'"), std::string::npos);
  for (const char* text :
       {"", "@1.0.0", "cancer@1.0.0@x", "cancer@ production", "cancer@vv1.0.0"}) {
    EXPECT_FALSE(ParseModelRef(text).ok()) << text;
  }
}

}  // namespace
}  // namespace moorage::model

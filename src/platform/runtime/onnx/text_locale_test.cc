#include "platform/runtime/onnx/text_locale.h"

#include <gtest/gtest.h>

#include <locale>
#include <stdexcept>
#include <string>

namespace moorage::runtime {
namespace {

TEST(TheLocaleOfTexts, IsThereOnEveryMachineAndKnowsLetters) {
  ASSERT_TRUE(ProvideTextLocale());
  const std::locale locale{std::string(kTextLocale)};
  const auto& letters = std::use_facet<std::ctype<wchar_t>>(locale);
  EXPECT_EQ(letters.toupper(L'\u00E9'), L'\u00C9');
  EXPECT_EQ(letters.tolower(L'\u0416'), L'\u0436');
}

TEST(TheLocaleOfTexts, IsTheOnlyOneThatIsMade) {
  EXPECT_THROW(std::locale("xx_YY.UTF-8"), std::runtime_error);
}

}  // namespace
}  // namespace moorage::runtime

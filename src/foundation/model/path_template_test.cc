#include "foundation/model/path_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace moorage::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "name=value ..." of the parameters that a segment binds, or "no match".
std::string Bound(std::string_view pattern, std::string_view segment) {
  const auto parsed = PathPattern::Parse(pattern);
  EXPECT_TRUE(parsed.ok()) << pattern;
  PathParameters parameters;
  if (!parsed->Bind(segment, parameters)) return "no match";
  std::string text;
  for (std::size_t i = 0; i < parameters.count; ++i) {
    const auto& entry = parameters.entries[i];
    text += (text.empty() ? "" : " ") + std::string(entry.name) + "=" + std::string(entry.value);
  }
  return text;
}

TEST(PathParameters, AreFoundByTheNameThatATemplateGivesThem) {
  const PathParameters path{.entries = {{"name", "cancer"}, {"version", "1.2.0"}}, .count = 1};
  EXPECT_EQ(path.Get("name"), "cancer");
  EXPECT_EQ(path.Get("version"), "") << "it is not counted";
}

TEST(PathPattern, BindsAWholeSegmentOrAPieceOfIt) {
  EXPECT_EQ(Bound("{name}", "cancer"), "name=cancer");
  EXPECT_EQ(Bound("{name}:predict", "cancer:predict"), "name=cancer");
  EXPECT_EQ(Bound("{name}:predict", "cancer"), "no match");
  EXPECT_EQ(Bound("v{major}", "v2"), "major=2");
  EXPECT_EQ(Bound("v{major}", "2"), "no match");
}

TEST(PathPattern, GivesEachParameterAsLittleAsItCan) {
  EXPECT_EQ(Bound("{name}@{selector}", "a@b@c"), "name=a selector=b@c");
  EXPECT_EQ(Bound("{name}@{selector}", "@a@b"), "name=@a selector=b");
}

TEST(PathPattern, BindsNoEmptyValue) {
  EXPECT_EQ(Bound("{name}", ""), "no match");
  EXPECT_EQ(Bound("{name}:predict", ":predict"), "no match");
  EXPECT_EQ(Bound("{name}@{selector}", "a@"), "no match");
}

TEST(PathPattern, BindsNoMoreParametersThanThereIsRoomFor) {
  const auto pattern = PathPattern::Parse("{name}");
  PathParameters parameters{.entries = {}, .count = PathParameters::kMax};
  EXPECT_FALSE(pattern->Bind("cancer", parameters));
}

TEST(PathPattern, CountsTheCharactersThatAreNoParameters) {
  EXPECT_EQ(PathPattern::Parse("{name}:predict")->literal_characters(), 8U);
  EXPECT_EQ(PathPattern::Parse("models")->literal_characters(), 6U);
  EXPECT_THAT(PathPattern::Parse("models")->names(), IsEmpty());
}

TEST(PathPattern, NamesWhatIsMalformed) {
  const auto problem = [](std::string_view segment) {
    const auto parsed = PathPattern::Parse(segment);
    return parsed.ok() ? std::string("accepted") : parsed.error().message;
  };
  EXPECT_EQ(problem("{"), "'{' without '}'");
  EXPECT_EQ(problem("{}"), "a parameter without a name");
  EXPECT_EQ(problem("}"), "stray '}'");
  EXPECT_EQ(problem("a}b"), "stray '}'");
  EXPECT_EQ(problem("{a}{b}"), "two parameters side by side");
}

TEST(RenderPath, FillsEveryParameterIn) {
  EXPECT_EQ(*RenderPath("/api/v1/gc", {}), "/api/v1/gc");
  EXPECT_EQ(*RenderPath("/models/{name}/aliases/{alias}/rollback",
                        {{"name", "cancer"}, {"alias", "production"}}),
            "/models/cancer/aliases/production/rollback");
  EXPECT_EQ(*RenderPath("/m/{name}@{selector}", {{"name", "a"}, {"selector", "b"}}), "/m/a@b");
}

TEST(RenderPath, NamesAParameterThatIsMissingOrUnknown) {
  EXPECT_EQ(RenderPath("/models/{name}", {}).error().message,
            "path /models/{name}: parameter 'name' is missing");
  EXPECT_EQ(RenderPath("/models/{name}", {{"name", ""}}).error().message,
            "path /models/{name}: parameter 'name' is missing");
  EXPECT_EQ(RenderPath("/models", {{"name", "a"}}).error().message,
            "path /models: parameter 'name' is not in it");
}

TEST(ParameterNames, AreThoseOfTheTemplateInOrder) {
  EXPECT_THAT(ParameterNames("/v2/models/{name}/versions/{version}/infer"),
              ElementsAre("name", "version"));
  EXPECT_THAT(ParameterNames("/v2/{a}@{b}"), ElementsAre("a", "b"));
  EXPECT_THAT(ParameterNames("/v2"), IsEmpty());
}

}  // namespace
}  // namespace moorage::model

#include "domain/contract/settings.h"

#include <gtest/gtest.h>

namespace moorage::contract {
namespace {

Metadata Told() {
  Metadata told;
  told.labels = std::vector<std::int64_t>{3, 7};
  told.features = std::vector<std::string>{"a", "b"};
  told.output_roles = {{"y", model::OutputRole::kLogits}};
  told.allow_missing = true;
  told.description = "of one version";
  return told;
}

TEST(Settings, ReadBackFromTheirDocument) {
  Metadata all = Told();
  all.task = model::Task::kClassification;
  all.sigmoid_threshold = 0.25;
  all.batchable = false;
  const auto back = MetadataFromJson(SettingsToJson(all));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(SettingsToJson(*back), SettingsToJson(all));
  EXPECT_EQ(back->description, std::nullopt);
  EXPECT_TRUE(SettingsToJson({}).empty());
}

TEST(Settings, AreTakenOverWhereNothingElseIsTold) {
  Metadata now;
  now.features = std::vector<std::string>{"x", "y"};
  const Inherited inherited = Inherit(now, Told(), "1.0.0", [](const Metadata&) { return true; });
  EXPECT_EQ(inherited.told.features, now.features);
  EXPECT_EQ(inherited.told.labels, Told().labels);
  EXPECT_EQ(inherited.told.allow_missing, true);
  EXPECT_EQ(inherited.told.description, std::nullopt);
  EXPECT_EQ(inherited.notes, (std::vector<std::string>{"output_roles: as told for 1.0.0",
                                                       "labels: as told for 1.0.0",
                                                       "allow_missing: as told for 1.0.0"}));
}

TEST(Settings, ThatNoLongerFitAreDroppedAndSaid) {
  const Inherited inherited = Inherit(
      {}, Told(), "1.0.0", [](const Metadata& metadata) { return !metadata.features.has_value(); });
  EXPECT_EQ(inherited.told.features, std::nullopt);
  EXPECT_EQ(inherited.told.labels, Told().labels);
  EXPECT_EQ(inherited.notes[2],
            "features: not as told for 1.0.0, because it no longer fits the graph");
  const Inherited nothing = Inherit({}, Told(), "1.0.0", [](const Metadata&) { return false; });
  EXPECT_TRUE(SettingsToJson(nothing.told).empty());
}

}  // namespace
}  // namespace moorage::contract

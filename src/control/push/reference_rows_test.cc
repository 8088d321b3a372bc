#include "control/push/reference_rows.h"

#include <gtest/gtest.h>

namespace moorage::control {
namespace {

model::Manifest MixedManifest() {
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "age", .type = model::DataType::kFp32, .shape = {-1, 1}},
                               {.name = "count", .type = model::DataType::kInt64, .shape = {-1, 1}},
                               {.name = "city", .type = model::DataType::kBytes, .shape = {-1, 1}}};
  manifest.features = {"age", "count", "city"};
  manifest.allow_missing = true;
  return manifest;
}

TEST(ReferenceRows, AreSpreadOverTheDataAndKeepTheirTypes) {
  const auto data = evaluation::Dataset::FromCsv(
      "city,age,count\na,1.5,1\nb,,2\nc,3.5,3\nd,4.5,4\n", MixedManifest(), {});
  ASSERT_TRUE(data.ok()) << data.error().message;
  const auto rows = SampleRows(*data, MixedManifest(), 2);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(json::ToText(rows[0]), R"([1.5,1,"a"])");
  EXPECT_EQ(json::ToText(rows[1]), R"([3.5,3,"c"])");
  const auto all = SampleRows(*data, MixedManifest(), 100);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(json::ToText(all[1]), R"([null,2,"b"])");
}

}  // namespace
}  // namespace moorage::control

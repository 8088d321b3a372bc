#include "foundation/rows/json_row.h"

#include <gtest/gtest.h>

#include <string>

#include "foundation/rows/row_memory.h"

namespace moorage::rows {
namespace {

model::Manifest Mixed() {
  model::Manifest manifest;
  manifest.signature.inputs = {
      {.name = "age", .type = model::DataType::kFp32, .shape = {-1, 1}},
      {.name = "city", .type = model::DataType::kBytes, .shape = {-1, 1}},
      {.name = "member", .type = model::DataType::kBool, .shape = {-1, 1}}};
  return manifest;
}

model::Manifest Plain(std::int64_t features) {
  model::Manifest manifest;
  manifest.signature.inputs = {
      {.name = "x", .type = model::DataType::kFp32, .shape = {-1, features}}};
  return manifest;
}

// The tensors of the row after storing the JSON text, or the error.
base::Result<std::vector<model::Tensor>> Store(const model::Manifest& manifest,
                                               std::string_view json,
                                               std::string_view path = "features") {
  const RowLayout layout = *RowLayout::Make(manifest);
  const RowMemory memory(layout);
  RETURN_IF_ERROR(StoreJsonRow(layout, memory.target(), *json::ParseJson(json), path));
  return memory.Tensors(manifest.signature);
}

std::string RowProblem(const model::Manifest& manifest, std::string_view json) {
  const auto stored = Store(manifest, json);
  return stored.ok() ? "" : stored.error().message;
}

TEST(JsonRow, FillsAnArrayInFeatureOrder) {
  const auto row = Store(Plain(3), "[1, -2.5, 0.1]");
  ASSERT_TRUE(row.ok());
  EXPECT_EQ((*row)[0].shape, (model::Shape{1, 3}));
  EXPECT_EQ(model::NumberAt((*row)[0].view(), 1), -2.5);
  EXPECT_EQ(model::NumberAt((*row)[0].view(), 2), static_cast<double>(0.1F));
}

TEST(JsonRow, FillsSeveralInputsFromAnObjectOrAnArray) {
  for (const char* json :
       {R"({"city": "genoa", "member": true, "age": 40})", R"([40, "genoa", true])"}) {
    const auto row = Store(Mixed(), json);
    ASSERT_TRUE(row.ok()) << row.error().message;
    EXPECT_EQ(model::NumberAt((*row)[0].view(), 0), 40.0);
    EXPECT_EQ((*row)[1].strings, (std::vector<std::string>{"genoa"}));
    EXPECT_EQ(model::NumberAt((*row)[2].view(), 0), 1.0);
  }
}

TEST(JsonRow, SaysHowManyFeaturesAreExpected) {
  EXPECT_EQ(RowProblem(Plain(30), "[1]"), "features: expected 30 features, got 1");
  EXPECT_EQ(RowProblem(Plain(1), "[]"), "features: expected 1 feature, got 0");
  EXPECT_EQ(RowProblem(Plain(2), "[1,2,3]"), "features: expected 2 features, got 3");
  EXPECT_EQ(RowProblem(Plain(2), "7"),
            "features: must be an array of 2 features, or an object by feature name");
}

TEST(JsonRow, SaysThatARowOfRowsIsOneTooMany) {
  EXPECT_EQ(RowProblem(Plain(2), "[[1,2]]"), "features: " + std::string(kRowOfRows));
  EXPECT_EQ(RowProblem(Plain(2), "[[1,2],[3,4]]"), "features: " + std::string(kRowOfRows));
}

TEST(JsonRow, NamesTheRemedyForAMissingValue) {
  const auto row = Store(Plain(2), "[null, 1]", "features");
  EXPECT_EQ(row.error().remedy, base::Remedy{base::RemedyKind::kAllowMissing});
  EXPECT_FALSE(Store(Plain(2), "[true, 1]", "features").error().remedy.has_value());
}

TEST(JsonRow, CollectsEveryProblemWithItsPath) {
  const auto row = Store(Plain(4), R"([1, "x", null, [2]])", "instances[2]");
  ASSERT_FALSE(row.ok());
  EXPECT_EQ(row.error().code, base::Code::kInvalid);
  EXPECT_EQ(row.error().message,
            "instances[2][1]: a string where a number is expected (and 2 more problems)");
  const std::vector<base::Detail> expected = {
      {"instances[2][1]", "a string where a number is expected"},
      {"instances[2][2]", "null, and this model does not take missing values"},
      {"instances[2][3]", "neither a number, a string, a boolean nor null"}};
  EXPECT_EQ(row.error().details, expected);
}

TEST(JsonRow, ReportsUnknownAndMissingNames) {
  const auto row = Store(Mixed(), R"({"age": "old", "town": "genoa", "member": true})");
  ASSERT_FALSE(row.ok());
  const std::vector<base::Detail> expected = {
      {"features.age", "a string where a number is expected"},
      {"features.town", "not a feature of this model"},
      {"features.city", "missing"}};
  EXPECT_EQ(row.error().details, expected);
}

TEST(JsonRow, RefusesANameGivenTwice) {
  json::Json twice = json::Json::object();
  twice["age"] = 1;
  twice.get_ptr<json::Json::object_t*>()->emplace_back("age", 2);
  const RowLayout layout = *RowLayout::Make(Mixed());
  const RowMemory memory(layout);
  const auto stored = StoreJsonRow(layout, memory.target(), twice, "features");
  ASSERT_FALSE(stored.ok());
  EXPECT_EQ(stored.error().details[0], (base::Detail{"features.age", "given twice"}));
}

TEST(JsonRow, StopsAtTheSixteenthProblem) {
  std::string json = "[";
  for (int i = 0; i < 40; ++i) json += i > 0 ? ",true" : "true";
  const auto row = Store(Plain(40), json + "]");
  ASSERT_FALSE(row.ok());
  EXPECT_EQ(row.error().details.size(), 16U);
  EXPECT_EQ(row.error().message,
            "features[0]: a boolean where a number is expected (and at least 15 more problems)");
}

TEST(JsonRow, TakesNestedArraysOfExactlyTheShape) {
  model::Manifest manifest;
  manifest.signature.inputs = {
      {.name = "image", .type = model::DataType::kInt32, .shape = {-1, 2, 3}}};
  const auto row = Store(manifest, "[[1,2,3],[4,5,6]]");
  ASSERT_TRUE(row.ok()) << row.error().message;
  EXPECT_EQ((*row)[0].shape, (model::Shape{1, 2, 3}));
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(model::NumberAt((*row)[0].view(), i), static_cast<double>(i + 1));
  }
  EXPECT_EQ(RowProblem(manifest, "[1,2,3,4,5,6]"), "features: expected 2 elements, got 6");
  EXPECT_EQ(RowProblem(manifest, "[[1,2,3],7]"), "features[1]: must be nested arrays of shape [3]");
  EXPECT_EQ(RowProblem(manifest, "{}"), "features: must be nested arrays of shape [2,3]");
  const auto broken = Store(manifest, R"([[1,2],[3,"x",4]])");
  ASSERT_FALSE(broken.ok());
  const std::vector<base::Detail> expected = {
      {"features[0]", "expected 3 elements, got 2"},
      {"features[1][1]", "a string where a number is expected"}};
  EXPECT_EQ(broken.error().details, expected);
}

TEST(JsonRow, TakesANumberForTheSameHoweverItIsWritten) {
  model::Manifest manifest = Plain(1);
  EXPECT_EQ(RowProblem(manifest, "[16777217.0]"), "");
  EXPECT_EQ(RowProblem(manifest, "[16777217]"), "");
  EXPECT_EQ(RowProblem(manifest, "[99999999999999999999999]"), "");
  EXPECT_EQ(RowProblem(manifest, "[1e39]"), "features[0]: out of range for FP32");
  manifest.signature.inputs[0].type = model::DataType::kUint64;
  EXPECT_EQ(RowProblem(manifest, "[18446744073709551615]"), "");
  EXPECT_EQ(RowProblem(manifest, "[18446744073709551615.0]"), "");
  EXPECT_EQ(RowProblem(manifest, "[1e2]"), "");
  EXPECT_EQ(RowProblem(manifest, "[18446744073709551616]"), "features[0]: out of range for UINT64");
  EXPECT_EQ(RowProblem(manifest, "[-1]"), "features[0]: out of range for UINT64");
  EXPECT_EQ(RowProblem(manifest, "[1.5]"), "features[0]: not a whole number");
}

}  // namespace
}  // namespace moorage::rows

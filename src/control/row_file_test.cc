#include "control/row_file.h"

#include <gtest/gtest.h>

namespace moorage::control {
namespace {

using model::DataType;
using model::Json;

model::Manifest Numbers() {
  model::Manifest manifest;
  manifest.task = model::Task::kRegression;
  manifest.features = {"a", "b"};
  manifest.signature.inputs.push_back({.name = "input", .type = DataType::kFp64, .shape = {-1, 2}});
  return manifest;
}

TEST(RowFile, FindsFeaturesByNameAndLeavesOtherColumnsOut) {
  auto file = RowFile::Open("b,target,a\n1,x,2.5\n-3,y,\n", Numbers());
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->rows(), 2U);
  const auto rows = file->Next(10);
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_EQ(*rows, Json::parse("[[2.5, 1], [null, -3]]"));
  EXPECT_TRUE(file->Next(10)->empty());
}

TEST(RowFile, GivesThePiecesThatItIsAskedFor) {
  auto file = RowFile::Open("a,b\n1,1\n2,2\n3,3\n", Numbers());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file->Next(2), Json::parse("[[1, 1], [2, 2]]"));
  EXPECT_EQ(*file->Next(2), Json::parse("[[3, 3]]"));
}

TEST(RowFile, NamesTheCellThatIsNoNumber) {
  auto file = RowFile::Open("a,b\n1,1\n2,many\n", Numbers());
  ASSERT_TRUE(file.ok());
  const auto rows = file->Next(10);
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().message, "row 2, column 'b': not a number");
}

TEST(RowFile, NamesTheFeatureThatHasNoColumn) {
  const auto file = RowFile::Open("a,c\n1,1\n", Numbers());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().message, "CSV: the column 'b' is missing, a feature of the model");
}

TEST(RowFile, RefusesAFileWithoutRows) {
  const auto file = RowFile::Open("a,b\n", Numbers());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, base::Code::kInvalid);
}

TEST(RowFile, KeepsTextAsTextWhereTheModelTakesText) {
  model::Manifest manifest = Numbers();
  manifest.features = {};
  manifest.signature.inputs = {{.name = "age", .type = DataType::kFp32, .shape = {-1, 1}},
                               {.name = "plan", .type = DataType::kBytes, .shape = {-1, 1}}};
  auto file = RowFile::Open("plan,age\n1,41\n\"\",7\n", manifest);
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(*file->Next(10), Json::parse(R"([[41, "1"], [7, ""]])"));
}

}  // namespace
}  // namespace moorage::control

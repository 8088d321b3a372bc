#include "control/predict/row_file.h"

#include <gtest/gtest.h>

namespace moorage::control {
namespace {

using json::Json;
using model::DataType;

model::Manifest Numbers() {
  model::Manifest manifest;
  manifest.task = model::Task::kRegression;
  manifest.features = {"a", "b"};
  manifest.signature.inputs.push_back({.name = "input", .type = DataType::kFp64, .shape = {-1, 2}});
  return manifest;
}

TEST(RowFile, FindsFeaturesByNameAndLeavesOtherColumnsOut) {
  model::Manifest manifest = Numbers();
  manifest.allow_missing = true;
  auto file = RowFile::Open("b,target,a\n1,x,2.5\n-3,y,\n", manifest);
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

// What the second row's field of column b comes to.
std::string Scored(DataType type, const std::string& field) {
  model::Manifest manifest = Numbers();
  manifest.signature.inputs[0].type = type;
  const std::string csv = "a,b\n1,1\n1," + field + "\n";
  auto file = RowFile::Open(csv, manifest);
  if (!file.ok()) return file.error().message;
  const auto rows = file->Next(10);
  return rows.ok() ? json::ToText((*rows)[1][1]) : rows.error().message;
}

TEST(RowFile, SaysThatColumnsAreNotSeparatedByCommas) {
  for (const char* csv : {"a;b\n1;1\n", "a\tb\n1\t1\n", "a;b\n1,5;1\n"}) {
    const auto file = RowFile::Open(csv, Numbers());
    ASSERT_FALSE(file.ok()) << csv;
    EXPECT_NE(file.error().message.find("separate columns by commas"), std::string::npos) << csv;
  }
}

TEST(RowFile, NamesTheRemedyForAMissingValue) {
  auto file = RowFile::Open("a,b\n1,\n", Numbers());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->Next(1).error().remedy, base::Remedy{base::RemedyKind::kAllowMissing});
}

TEST(RowFile, NamesTheCellThatItsFeatureCannotHold) {
  EXPECT_EQ(Scored(DataType::kFp64, "many"), "row 2, column 'b': 'many' is not a number");
  EXPECT_EQ(Scored(DataType::kFp64, ""),
            "row 2, column 'b': missing, and this model does not take missing values");
  EXPECT_EQ(Scored(DataType::kFp64, "1e400"),
            "row 2, column 'b': '1e400' is out of range for a number");
  EXPECT_EQ(Scored(DataType::kFp64, "9007199254740993"), "9007199254740993");
  EXPECT_EQ(Scored(DataType::kInt64, "99999999999999999999"),
            "row 2, column 'b': '99999999999999999999' is out of range for INT64");
  EXPECT_EQ(Scored(DataType::kInt64, "1.5"), "row 2, column 'b': '1.5' is not a whole number");
  EXPECT_EQ(Scored(DataType::kUint8, "300"), "row 2, column 'b': '300' is out of range for UINT8");
  EXPECT_EQ(Scored(DataType::kUint8, "255"), "255");
  EXPECT_EQ(Scored(DataType::kUint64, "18446744073709551615"), "18446744073709551615");
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

#include "domain/evaluation/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace moorage::evaluation {
namespace {

using model::DataType;
using testing::ElementsAre;
using testing::HasSubstr;

model::Manifest TwoFeatures(DataType type = DataType::kFp32) {
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "x", .type = type, .shape = {-1, 2}}};
  manifest.task = model::Task::kClassification;
  manifest.labels = std::vector<std::int64_t>{0, 1};
  manifest.features = {"mean radius", "mean texture"};
  return manifest;
}

model::Manifest MixedColumns() {
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "age", .type = DataType::kInt64, .shape = {-1, 1}},
                               {.name = "city", .type = DataType::kBytes, .shape = {-1, 1}},
                               {.name = "member", .type = DataType::kBool, .shape = {-1, 1}}};
  manifest.task = model::Task::kRegression;
  manifest.features = {"age", "city", "member"};
  return manifest;
}

template <typename T>
std::vector<T> Values(const model::TensorView& tensor) {
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

base::Result<Dataset> Read(const std::string& csv, const model::Manifest& manifest,
                           std::optional<std::string> target = "target",
                           std::vector<std::string> ignored = {}) {
  return Dataset::FromCsv(csv, manifest,
                          {.target = std::move(target), .ignored = std::move(ignored)});
}

base::Error ErrorOf(const base::Result<Dataset>& dataset) {
  EXPECT_FALSE(dataset.ok());
  return dataset.ok() ? base::Error{} : dataset.error();
}

TEST(Dataset, FindsColumnsByNameInAnyOrder) {
  const std::string csv = "target,mean texture,id,mean radius\n1,2.5,a,1\n0,4,b,-3e1\n";
  const auto dataset = Read(csv, TwoFeatures(), "target", {"id"});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->size(), 2u);
  EXPECT_EQ(dataset->target(), "target");
  EXPECT_THAT(dataset->target_classes(), ElementsAre(1, 0));
  EXPECT_THAT(dataset->target_texts(), ElementsAre("1", "0"));
  EXPECT_EQ(dataset->digest(), model::DigestOf(csv));
  const RowBatch batch = dataset->rows().Batch(0, 2);
  ASSERT_EQ(batch.inputs().size(), 1u);
  EXPECT_THAT(batch.inputs()[0].shape, ElementsAre(2, 2));
  EXPECT_THAT(Values<float>(batch.inputs()[0]), ElementsAre(1, 2.5F, -30, 4));
}

TEST(Dataset, FillsSeveralTypedInputs) {
  const auto dataset =
      Read("city,age,member,target\n\"Oslo, N\",9007199254740993,true,1.5\nNA,-2,False,-2e3\n",
           MixedColumns());
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  const RowBatch batch = dataset->rows().Batch(0, 2);
  EXPECT_THAT(Values<std::int64_t>(batch.inputs()[0]), ElementsAre(9007199254740993, -2));
  EXPECT_THAT(batch.inputs()[1].strings, ElementsAre("Oslo, N", "NA"));
  EXPECT_THAT(Values<std::uint8_t>(batch.inputs()[2]), ElementsAre(1, 0));
  EXPECT_THAT(dataset->target_values(), ElementsAre(1.5, -2000));
}

TEST(Dataset, NamesMissingAndUnknownColumns) {
  const base::Error error =
      ErrorOf(Read("mean_radius,mean texture,target\n1,2,0\n", TwoFeatures()));
  EXPECT_EQ(error.code, base::Code::kInvalid);
  EXPECT_EQ(error.message,
            "CSV: column 'mean radius' is missing: it is a feature of the model; did you mean "
            "'mean_radius'? (and 1 more)");
  ASSERT_EQ(error.details.size(), 2u);
  EXPECT_EQ(error.details[1].path, "column 'mean_radius'");
}

TEST(Dataset, SaysThatColumnsAreNotSeparatedByCommas) {
  EXPECT_THAT(ErrorOf(Read("mean radius;mean texture\n1;2\n", TwoFeatures(), std::nullopt)).message,
              HasSubstr("separate columns by commas"));
  // Whatever is found missing first.
  for (const char* csv : {"mean radius;mean texture;target\n1;2;0\n",
                          "mean radius\tmean texture\ttarget\n1\t2\t0\n"}) {
    EXPECT_THAT(ErrorOf(Read(csv, TwoFeatures())).message, HasSubstr("separate columns by commas"));
    EXPECT_THAT(ErrorOf(Read(csv, TwoFeatures(), std::nullopt, {"id"})).message,
                HasSubstr("separate columns by commas"));
  }
}

TEST(Dataset, NamesATargetThatIsNotThere) {
  EXPECT_THAT(ErrorOf(Read("mean radius,mean texture,targets\n1,2,0\n", TwoFeatures())).message,
              HasSubstr("no target column 'target'; did you mean 'targets'?"));
}

TEST(Dataset, NamesAColumnToIgnoreThatIsNotThere) {
  EXPECT_EQ(ErrorOf(Read("id,mean radius,mean texture,target\n7,1,2,0\n", TwoFeatures(), "target",
                         {" id"}))
                .message,
            "CSV: there is no column ' id' to ignore; did you mean 'id'?");
}

TEST(Dataset, SaysOfASpareColumnWhatCanBeDoneAboutIt) {
  const std::string csv = "mean radius,mean texture,id\n1,2,7\n";
  EXPECT_EQ(ErrorOf(Read(csv, TwoFeatures(), std::nullopt)).message,
            "CSV: column 'id' is not a feature of the model; remove it");
  EXPECT_EQ(
      ErrorOf(Read("mean radius,mean texture,id,target\n1,2,7,0\n", TwoFeatures())).message,
      "CSV: column 'id' is neither a feature nor the target; ignore it explicitly or remove it");
}

TEST(Dataset, NamesTheRemedyForAMissingValue) {
  const base::Error error = ErrorOf(Read("mean radius,mean texture,target\n,2,0\n", TwoFeatures()));
  EXPECT_EQ(error.remedy, base::Remedy{base::RemedyKind::kAllowMissing});
}

TEST(Dataset, RefusesATargetThatIsAFeature) {
  EXPECT_THAT(
      ErrorOf(Read("mean radius,mean texture\n1,2\n", TwoFeatures(), "mean texture")).message,
      HasSubstr("is a feature of the model"));
}

TEST(Dataset, SaysRowColumnLineAndValueOfABadCell) {
  const base::Error error = ErrorOf(
      Read("mean radius,mean texture,target\n1,2,0\n\n1.5x,,1\n3,1e39,maybe\n", TwoFeatures()));
  EXPECT_EQ(
      error.message,
      "CSV line 4: row 2, column 'mean radius': '1.5x' is not a number (and 3 more problems)");
  ASSERT_EQ(error.details.size(), 4u);
  EXPECT_EQ(error.details[1].path, "row 2, column 'mean texture'");
  EXPECT_EQ(error.details[1].problem,
            "missing, and this model does not take missing values (line 4)");
  EXPECT_FALSE(error.remedy.has_value());
  EXPECT_EQ(error.details[2].problem, "'1e39' is out of range for FP32 (line 5)");
  EXPECT_EQ(error.details[3].problem,
            "'maybe' is not one of the model's integer labels: 0, 1 (line 5)");
}

TEST(Dataset, ReadsNumbersWholeAndStrictly) {
  for (const char* bad : {" 1", "1 ", "+1", "1,5", "0x10", "1e", "--1", "inf", "1_000"}) {
    const std::string csv = std::string("mean radius,mean texture,target\n\"") + bad + "\",2,0\n";
    EXPECT_FALSE(Read(csv, TwoFeatures()).ok()) << bad;
  }
  for (const char* good : {"1", "-1", "0.5", ".5", "1e3", "1E-3", "0005"}) {
    const std::string csv = std::string("mean radius,mean texture,target\n") + good + ",2,0\n";
    EXPECT_TRUE(Read(csv, TwoFeatures()).ok()) << good;
  }
}

TEST(Dataset, KeepsIntegersExactInIntegerFeatures) {
  const std::string head = "mean radius,mean texture,target\n";
  EXPECT_FALSE(Read(head + "1.5,2,0\n", TwoFeatures(DataType::kInt64)).ok());
  EXPECT_FALSE(Read(head + "300,2,0\n", TwoFeatures(DataType::kUint8)).ok());
  EXPECT_TRUE(Read(head + "16777217,2,0\n", TwoFeatures(DataType::kFp32)).ok()) << "it is rounded";
  EXPECT_TRUE(Read(head + "2.0,2,0\n", TwoFeatures(DataType::kInt64)).ok());
  EXPECT_TRUE(Read(head + "18446744073709551615,2,0\n", TwoFeatures(DataType::kUint64)).ok());
}

TEST(Dataset, TakesMissingValuesAsNanWhereTheManifestAllowsThem) {
  model::Manifest manifest = TwoFeatures();
  const std::string csv = "mean radius,mean texture,target\n\"\",NA,0\n,NaN,1\nnull,7,1\n";
  EXPECT_EQ(ErrorOf(Read(csv, manifest)).details.size(), 5u);
  manifest.allow_missing = true;
  const auto dataset = Read(csv, manifest);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  const auto values = Values<float>(dataset->rows().Batch(0, 3).inputs()[0]);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_TRUE(std::isnan(values[i])) << i;
  EXPECT_EQ(values[5], 7);
}

TEST(Dataset, NeedsEveryTarget) {
  EXPECT_THAT(ErrorOf(Read("mean radius,mean texture,target\n1,2,\n", TwoFeatures())).message,
              HasSubstr("row 1, column 'target': missing: the target must be known"));
  EXPECT_FALSE(Read("city,age,member,target\na,1,0,inf\n", MixedColumns()).ok());
  EXPECT_FALSE(Read("city,age,member,target\na,1,0,NaN\n", MixedColumns()).ok());
}

TEST(Dataset, TakesALabelThatLooksMissingAsTheLabelThatItIs) {
  model::Manifest manifest = TwoFeatures();
  manifest.labels = std::vector<std::string>{"", "NA"};
  const auto dataset = Read("mean radius,mean texture,target\n1,2,NA\n1,2,\n", manifest);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_THAT(dataset->target_classes(), ElementsAre(1, 0));
}

TEST(Dataset, ReadsRowsWithoutATarget) {
  const auto dataset = Read("mean radius,mean texture\n1,2\n", TwoFeatures(), std::nullopt);
  ASSERT_TRUE(dataset.ok());
  EXPECT_EQ(dataset->size(), 1u);
  EXPECT_TRUE(dataset->target_texts().empty());
}

TEST(Dataset, RefusesAFileWithoutRows) {
  EXPECT_THAT(ErrorOf(Read("mean radius,mean texture,target\n", TwoFeatures())).message,
              HasSubstr("no rows"));
}

TEST(Dataset, ListsAtMostSixteenProblems) {
  std::string csv = "mean radius,mean texture,target\n";
  for (int i = 0; i < 100; ++i) csv += "x,y,z\n";
  const base::Error error = ErrorOf(Read(csv, TwoFeatures()));
  EXPECT_EQ(error.details.size(), 16u);
  EXPECT_THAT(error.message, HasSubstr("(and 299 more problems)"));
}

TEST(Dataset, TakesTheColumnsOfANestedInputInTheirOrder) {
  model::Manifest manifest = TwoFeatures();
  manifest.signature.inputs[0].shape = {-1, 2, 2};
  manifest.features = {};
  const auto dataset = Read("a,b,target,c,d\n1,2,0,3,4\n", manifest);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_THAT(Values<float>(dataset->rows().Batch(0, 1).inputs()[0]), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(ErrorOf(Read("a,b,target,c\n1,2,0,3\n", manifest)).message,
              HasSubstr("3 feature columns, the model has 4"));
}

}  // namespace
}  // namespace moorage::evaluation

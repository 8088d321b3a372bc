#include "domain/evaluation/row_block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace moorage::evaluation {
namespace {

using model::DataType;
using testing::ElementsAre;

// A block for these inputs, and where to store its rows' features.
class Block {
 public:
  explicit Block(std::vector<model::TensorSpec> inputs)
      : manifest_(ManifestOf(std::move(inputs))),
        layout_(*rows::RowLayout::Make(manifest_)),
        rows_(layout_, manifest_.signature) {}

  // Numbers in feature order; a feature that is a text gets the number's text.
  void Add(const std::vector<double>& row) {
    const rows::RowTarget target = rows_.Append();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool text = layout_.slots()[i].type == DataType::kBytes;
      const rows::Problem problem =
          text ? layout_.StoreString(target, i, std::to_string(static_cast<int>(row[i])))
               : layout_.StoreDouble(target, i, row[i]);
      EXPECT_EQ(problem, nullptr) << problem;
    }
  }
  RowBlock& rows() { return rows_; }

 private:
  static model::Manifest ManifestOf(std::vector<model::TensorSpec> inputs) {
    model::Manifest manifest;
    manifest.signature.inputs = std::move(inputs);
    return manifest;
  }

  model::Manifest manifest_;
  rows::RowLayout layout_;
  RowBlock rows_;
};

template <typename T>
std::vector<T> Values(const model::TensorView& tensor) {
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

TEST(RowBlock, GivesAnyRangeOfItsRowsAsOneBatch) {
  Block block({{.name = "x", .type = DataType::kFp32, .shape = {-1, 2}}});
  for (const double i : {1.0, 3.0, 5.0, 7.0}) block.Add({i, i + 1});
  EXPECT_EQ(block.rows().rows(), 4U);
  EXPECT_EQ(block.rows().fixed_rows(), std::nullopt);
  const RowBatch batch = block.rows().Batch(1, 2);
  EXPECT_EQ(batch.rows(), 2U);
  ASSERT_EQ(batch.inputs().size(), 1U);
  EXPECT_THAT(batch.inputs()[0].shape, ElementsAre(2, 2));
  EXPECT_THAT(Values<float>(batch.inputs()[0]), ElementsAre(3, 4, 5, 6));
}

TEST(RowBlock, BeginsEveryRowWithZerosAndEmptyTexts) {
  Block block({{.name = "n", .type = DataType::kInt64, .shape = {-1, 1}},
               {.name = "city", .type = DataType::kBytes, .shape = {-1, 1}}});
  block.Add({7, 8});
  block.rows().Append();
  const RowBatch batch = block.rows().Batch(0, 2);
  EXPECT_THAT(Values<std::int64_t>(batch.inputs()[0]), ElementsAre(7, 0));
  EXPECT_THAT(batch.inputs()[1].strings, ElementsAre("8", ""));
}

TEST(RowBlock, LeavesAnOptionalInputOut) {
  Block block({{.name = "x", .type = DataType::kFp64, .shape = {-1, 1}},
               {.name = "w", .type = DataType::kFp32, .shape = {-1, 3}, .optional = true}});
  block.Add({2});
  const RowBatch batch = block.rows().Batch(0, 1);
  ASSERT_EQ(batch.inputs().size(), 2U);
  EXPECT_THAT(Values<double>(batch.inputs()[0]), ElementsAre(2));
  EXPECT_TRUE(batch.inputs()[1].shape.empty());
  EXPECT_TRUE(batch.inputs()[1].bytes.empty());
}

TEST(RowBlock, PadsABatchToAFixedNumberOfRowsByItsLastRow) {
  Block block({{.name = "x", .type = DataType::kFp32, .shape = {4, 2}},
               {.name = "city", .type = DataType::kBytes, .shape = {4, 1}}});
  block.Add({1, 2, 10});
  block.Add({3, 4, 20});
  block.Add({5, 6, 30});
  EXPECT_EQ(block.rows().fixed_rows(), 4U);
  const RowBatch batch = block.rows().Batch(1, 2);
  EXPECT_EQ(batch.rows(), 2U) << "what was asked for, not what was padded";
  EXPECT_THAT(batch.inputs()[0].shape, ElementsAre(4, 2));
  EXPECT_THAT(Values<float>(batch.inputs()[0]), ElementsAre(3, 4, 5, 6, 5, 6, 5, 6));
  EXPECT_THAT(batch.inputs()[1].strings, ElementsAre("20", "30", "30", "30"));
}

}  // namespace
}  // namespace moorage::evaluation

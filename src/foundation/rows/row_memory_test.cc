#include "foundation/rows/row_memory.h"

#include <gtest/gtest.h>

namespace moorage::rows {
namespace {

TEST(RowMemory, GivesABatchOfOneRowForEveryInput) {
  model::Manifest manifest;
  manifest.signature.inputs = {
      {.name = "image", .type = model::DataType::kFp64, .shape = {4, 2, 2}},
      {.name = "w", .type = model::DataType::kFp32, .shape = {9}, .optional = true}};
  const RowLayout layout = *RowLayout::Make(manifest);
  RowMemory memory(layout);
  RowMemory moved = std::move(memory);
  ASSERT_EQ(layout.StoreDouble(moved.target(), 3, 0.5), nullptr);
  const auto tensors = moved.Tensors(manifest.signature);
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_EQ(tensors[0].shape, (model::Shape{1, 2, 2}));
  EXPECT_EQ(model::NumberAt(tensors[0].view(), 3), 0.5);
  EXPECT_TRUE(tensors[1].shape.empty());
  EXPECT_TRUE(tensors[1].bytes.empty());
}

}  // namespace
}  // namespace moorage::rows

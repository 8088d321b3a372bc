#include "foundation/model/row_memory.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

TEST(RowMemory, GivesABatchOfOneRowForEveryInput) {
  Manifest manifest;
  manifest.signature.inputs = {
      {.name = "image", .type = DataType::kFp64, .shape = {4, 2, 2}},
      {.name = "w", .type = DataType::kFp32, .shape = {9}, .optional = true}};
  const RowLayout layout = *RowLayout::Make(manifest);
  RowMemory memory(layout);
  RowMemory moved = std::move(memory);
  ASSERT_EQ(layout.StoreDouble(moved.target(), 3, 0.5), nullptr);
  const auto tensors = moved.Tensors(manifest.signature);
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_EQ(tensors[0].shape, (Shape{1, 2, 2}));
  EXPECT_EQ(NumberAt(tensors[0].view(), 3), 0.5);
  EXPECT_TRUE(tensors[1].shape.empty());
  EXPECT_TRUE(tensors[1].bytes.empty());
}

}  // namespace
}  // namespace moorage::model

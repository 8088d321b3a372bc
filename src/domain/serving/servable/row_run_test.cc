#include "domain/serving/servable/row_run.h"

#include <gtest/gtest.h>

#include <cstddef>

#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/memory_budget.h"

namespace moorage::servable {
namespace {

class RowRunTest : public testing::Test {
 protected:
  // Runs so many rows of zeros, four in a run. The memory of the rows is charged, too.
  base::Result<runtime::Outputs> Run(std::size_t rows, base::MemoryBudget& memory) {
    RowBuffers buffers(RowForm::Of(model_->session->signature(), *model_->layout), &memory);
    EXPECT_TRUE(buffers.Grow(rows).ok());
    for (std::size_t i = 0; i < rows; ++i) buffers.AddZero();
    return RunOverRows(*model_, buffers, 0, rows, {}, 4, nullptr);
  }

  runtime::FakeScript script_;
  const ServableHandle model_ = MakeFakeServable(script_);
};

TEST_F(RowRunTest, ChargesOutputsThatItJoinsUntilTheyAreGone) {
  base::MemoryBudget memory(std::size_t{1} << 20U);
  {
    const auto outputs = Run(6, memory);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    EXPECT_EQ(outputs->tensors()[0].shape[0], 6);
    EXPECT_GE(memory.used(base::MemoryPurpose::kAnswers), 6U * 16);
  }
  EXPECT_EQ(memory.used(), 0U);
}

TEST_F(RowRunTest, ReportsOutputsThatFindNoRoom) {
  base::MemoryBudget memory(std::size_t{1} << 20U);
  const auto others = memory.Take((std::size_t{1} << 20U) - 16'000, base::MemoryPurpose::kInput);
  const auto late = Run(1000, memory);  // 12 bytes in and 16 bytes out for each row
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, base::Code::kUnavailable);
  EXPECT_NE(late.error().message.find("more memory than is left"), std::string::npos)
      << late.error().message;
}

}  // namespace
}  // namespace moorage::servable

#include "domain/serving/servable/row_buffers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::servable {
namespace {

using model::DataType;
using testing::ElementsAre;

// Two numbers and a text in a row.
RowForm Mixed() {
  return {.inputs = {{.type = DataType::kFp64, .shape = {1, 2}, .elements = 2, .bytes = 16},
                     {.type = DataType::kBytes, .shape = {1, 1}, .elements = 1, .bytes = 0}}};
}

void AddRow(RowBuffers& rows, double first, double second, const std::string& text) {
  const rows::RowTarget row = rows.Add();
  const double numbers[] = {first, second};
  std::memcpy(row.inputs[0].bytes, numbers, sizeof(numbers));
  row.inputs[1].strings[0] = text;
}

std::vector<double> Numbers(const model::TensorView& view) {
  std::vector<double> numbers(view.bytes.size() / sizeof(double));
  if (!numbers.empty()) std::memcpy(numbers.data(), view.bytes.data(), view.bytes.size());
  return numbers;
}

std::vector<std::string> Texts(const model::TensorView& view) {
  return {view.strings.begin(), view.strings.end()};
}

model::Tensor Doubles(model::Shape shape, const std::vector<double>& values) {
  model::Tensor tensor{
      .type = DataType::kFp64, .shape = std::move(shape), .bytes = {}, .strings = {}};
  tensor.bytes.resize(values.size() * sizeof(double));
  if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

model::Tensor Strings(model::Shape shape, std::vector<std::string> values) {
  return {.type = DataType::kBytes,
          .shape = std::move(shape),
          .bytes = {},
          .strings = std::move(values)};
}

TEST(RowForm, IsOneRowOfTheTensorsGiven) {
  const std::vector<model::Tensor> tensors = {Doubles({3, 2}, {1, 2, 3, 4, 5, 6}),
                                              Strings({3, 1}, {"a", "b", "c"})};
  const auto form = RowForm::Of(tensors);
  ASSERT_TRUE(form.has_value());
  EXPECT_EQ(*form, Mixed());
}

TEST(RowForm, IsNothingWhereTheTensorsAreNotRows) {
  const std::vector<std::vector<model::Tensor>> cases = {
      {Doubles({3, 1}, {1, 2, 3}), Strings({2, 1}, {"a", "b"})},  // first dimensions differ
      {Doubles({}, {1})},                                         // a scalar has none
      {Doubles({0, 2}, {})},                                      // no rows
      {Doubles({2, 0}, {})},                                      // rows of nothing
      {Doubles({}, {})},                                          // left out, and nothing else
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_FALSE(RowForm::Of(cases[i]).has_value()) << i;
  }
}

TEST(RowForm, KeepsThePlaceOfAnInputThatIsLeftOut) {
  const std::vector<model::Tensor> tensors = {Doubles({2, 1}, {1, 2}), Doubles({}, {})};
  const auto form = RowForm::Of(tensors);
  ASSERT_TRUE(form.has_value());
  ASSERT_EQ(form->inputs.size(), 2U);
  EXPECT_TRUE(form->inputs[1].shape.empty());
  EXPECT_EQ(form->inputs[1].elements, 0U);
}

TEST(RowForm, OfALayoutIsWhatItsRowsFill) {
  const auto layout = rows::RowLayout::Make(FakeManifest());
  const RowForm form = RowForm::Of(FakeManifest().signature, *layout);
  ASSERT_EQ(form.inputs.size(), 1U);
  EXPECT_EQ(form.inputs[0].shape, (model::Shape{1, 3}));
  EXPECT_EQ(form.inputs[0].bytes, 12U);
}

TEST(RowBuffers, AnyConsecutiveRowsAreTensorsAsTheyLie) {
  RowBuffers rows(Mixed());
  for (int i = 0; i < 100; ++i) AddRow(rows, i, -i, std::to_string(i));
  const auto all = rows.Views(0, 100);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(all[0].bytes.data()) % 64, 0U);
  EXPECT_THAT(all[0].shape, ElementsAre(100, 2));
  const auto some = rows.Views(41, 2);
  EXPECT_THAT(some[0].shape, ElementsAre(2, 2));
  EXPECT_THAT(Numbers(some[0]), ElementsAre(41, -41, 42, -42));
  EXPECT_THAT(some[1].shape, ElementsAre(2, 1));
  EXPECT_THAT(Texts(some[1]), ElementsAre("41", "42"));
}

TEST(RowBuffers, ARowOfZerosHoldsNothingOfTheRowsBeforeIt) {
  RowBuffers rows(Mixed());
  AddRow(rows, 7, 8, "old");
  rows.Clear();
  rows.AddZero();
  const auto views = rows.Views(0, 1);
  EXPECT_THAT(Numbers(views[0]), ElementsAre(0, 0));
  EXPECT_THAT(Texts(views[1]), ElementsAre(""));
}

TEST(RowBuffers, TakesRowsOfOthersAndOfTensors) {
  RowBuffers other(Mixed());
  AddRow(other, 1, 2, "a");
  AddRow(other, 3, 4, "b");
  AddRow(other, 5, 6, "c");
  RowBuffers rows(Mixed());
  AddRow(rows, 9, 9, "first");
  rows.Append(other, 1, 2);
  rows.Append({Doubles({1, 2}, {10, 11}), Strings({1, 1}, {"tensor"})});
  EXPECT_EQ(rows.rows(), 4U);
  const auto views = rows.Views(0, 4);
  EXPECT_THAT(Numbers(views[0]), ElementsAre(9, 9, 3, 4, 5, 6, 10, 11));
  EXPECT_THAT(Texts(views[1]), ElementsAre("first", "b", "c", "tensor"));
  EXPECT_THAT(Texts(other.Views(0, 3)[1]), ElementsAre("a", "b", "c"));
}

TEST(RowBuffers, TruncatedItForgetsTheLastRows) {
  RowBuffers rows(Mixed());
  AddRow(rows, 1, 1, "kept");
  AddRow(rows, 2, 2, "forgotten");
  rows.Truncate(1);
  AddRow(rows, 3, 3, "next");
  EXPECT_THAT(Texts(rows.Views(0, 2)[1]), ElementsAre("kept", "next"));
}

// One large batch must not hold its memory without end, a steady load must not lose it every tick.
TEST(RowBuffers, GivesMemoryBackThatHasNotBeenNeededForAWhile) {
  const RowForm wide{
      .inputs = {{.type = DataType::kFp64, .shape = {1, 1024}, .elements = 1024, .bytes = 8192}}};
  RowBuffers rows(wide);
  for (int i = 0; i < 400; ++i) rows.AddZero();
  rows.Clear();
  EXPECT_GE(rows.capacity(), 400U);
  for (int tick = 0; tick < 200; ++tick) {
    for (int i = 0; i < 4; ++i) rows.AddZero();
    rows.Clear();
  }
  EXPECT_LT(rows.capacity() * 8192, std::size_t{1} << 20);  // what is kept in any case
  EXPECT_GE(rows.capacity(), 4U);
  const std::size_t settled = rows.capacity();
  for (int i = 0; i < 4; ++i) rows.AddZero();
  rows.Clear();
  EXPECT_EQ(rows.capacity(), settled);
}

TEST(RowBuffers, AreChargedByTheirCapacityBeforeItIsTaken) {
  base::MemoryBudget budget(std::size_t{1} << 20);
  const RowForm wide{
      .inputs = {{.type = DataType::kFp64, .shape = {1, 1024}, .elements = 1024, .bytes = 8192}}};
  {
    RowBuffers rows(wide, &budget);
    EXPECT_EQ(budget.used(), 0U);
    ASSERT_TRUE(rows.Grow(100).ok());
    const std::size_t charged = budget.used(base::MemoryPurpose::kRows);
    EXPECT_GE(charged, 100U * 8192);
    for (int i = 0; i < 100; ++i) rows.AddZero();
    EXPECT_EQ(budget.used(), charged) << "rows that have room cost nothing more";
    const base::Status refused = rows.Grow(100);
    EXPECT_EQ(refused.error().code, base::Code::kExhausted);
    EXPECT_EQ(rows.rows(), 100U);
    EXPECT_TRUE(rows.Grow(20).ok()) << "what is needed fits, if not twice as much";
  }
  EXPECT_EQ(budget.used(), 0U);
}

TEST(RowBuffers, GiveTheMemoryOfALargeBatchBackAtOnce) {
  base::MemoryBudget budget(std::size_t{1} << 30);
  const RowForm wide{
      .inputs = {{.type = DataType::kFp64, .shape = {1, 1024}, .elements = 1024, .bytes = 8192}}};
  RowBuffers rows(wide, &budget);
  ASSERT_TRUE(rows.Grow(4000).ok());
  for (int i = 0; i < 4000; ++i) rows.AddZero();
  rows.Clear();
  EXPECT_LE(budget.used(), std::size_t{1} << 20);
}

TEST(RowBuffers, StringsOfARefusedRequestDoNotKeepTheirMemory) {
  RowBuffers rows(Mixed());
  AddRow(rows, 1, 1, std::string(std::size_t{1} << 20, 'x'));
  rows.Truncate(0);
  rows.Clear();
  const rows::RowTarget again = rows.Add();
  EXPECT_LT(again.inputs[1].strings[0].capacity(), 4097U);
}

TEST(RowBuffers, KnowWhatTheTextOfSomeRowsHolds) {
  RowBuffers rows(Mixed());
  AddRow(rows, 1, 1, std::string(10'000, 'x'));
  AddRow(rows, 2, 2, std::string(5'000, 'y'));
  EXPECT_TRUE(rows.has_text());
  EXPECT_GE(rows.TextBytes(0, 2), 15'000U);
  EXPECT_LT(rows.TextBytes(1, 1), 10'000U);
}

TEST(RowBuffers, ManyShortStringsKeepLittleTogether) {
  RowBuffers rows(Mixed());
  for (int i = 0; i < 1000; ++i) AddRow(rows, 1, 1, std::string(4000, 'x'));
  rows.Clear();
  std::size_t kept = 0;
  for (int i = 0; i < 1000; ++i) kept += rows.Add().inputs[1].strings[0].capacity();
  EXPECT_LE(kept, std::size_t{512} << 10);
}

}  // namespace
}  // namespace moorage::servable

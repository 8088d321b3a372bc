#include "edge/inference/reactor_share.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "edge/inference/testing/fake_tensor_model.h"

namespace moorage::inference {
namespace {

std::shared_ptr<servable::Servable> ModelOf(std::int64_t features, std::int64_t outputs) {
  model::Manifest manifest;
  manifest.signature.inputs = {
      {.name = "x", .type = model::DataType::kFp32, .shape = {-1, features}}};
  manifest.signature.outputs = {
      {.name = "y", .type = model::DataType::kFp32, .shape = {-1, outputs}}};
  return servable::MakeFakeServable(
      std::make_unique<FakeTensorSession>(manifest.signature, TensorFunction()), manifest);
}

std::string RowsOfText(std::size_t rows, std::string_view row) {
  std::string text = "[";
  for (std::size_t i = 0; i < rows; ++i) text.append(row).append(",");
  text.back() = ']';
  return text;
}

TEST(ReactorShare, HoldsSmallRequests) {
  const auto model = ModelOf(30, 2);
  EXPECT_TRUE(FitsReactor("", *model));
  EXPECT_TRUE(FitsReactor(std::string(1000, ' '), *model));
  const auto narrow = ModelOf(1, 2);
  EXPECT_TRUE(FitsReactor(RowsOfText(1000, "[1.2345678901]"), *narrow));
}

TEST(ReactorShare, HoldsNoLargeTextNoManyRowsAndNoWideAnswer) {
  const auto model = ModelOf(30, 2);
  EXPECT_FALSE(FitsReactor(std::string(kMostText + 1, ' '), *model));
  const auto narrow = ModelOf(1, 2);
  EXPECT_FALSE(FitsReactor(RowsOfText(2000, "[1]"), *narrow));
  const auto wide = ModelOf(1, 40000);
  EXPECT_FALSE(FitsReactor("[[1]]", *wide));
  const auto huge = ModelOf(1, INT64_MAX);
  EXPECT_FALSE(FitsReactor("[[1]]", *huge));
}

}  // namespace
}  // namespace moorage::inference

#include "foundation/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace moorage::base {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Error{Code::kInvalid, "odd"};
  return number / 2;
}

Result<int> Quarter(int number) {
  ASSIGN_OR_RETURN(const int half, Half(number));
  ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

Status CheckQuarter(int number) {
  RETURN_IF_ERROR(Annotate("quarter", Quarter(number)));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(Quarter(8).value(), 2);
  const Result<int> odd = Quarter(6);
  ASSERT_FALSE(odd.ok());
  EXPECT_EQ(odd.error().message, "odd");
  EXPECT_EQ(odd.value_or(-1), -1);
  EXPECT_FALSE(static_cast<bool>(odd));
}

TEST(Result, MacrosLeaveTheFunctionWithTheFirstError) {
  EXPECT_TRUE(CheckQuarter(4).ok());
  const Status status = CheckQuarter(5);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "quarter: odd");
  EXPECT_EQ(status.error().code, Code::kInvalid);
}

TEST(Result, CarriesMoveOnlyValues) {
  Result<std::unique_ptr<std::string>> made = std::make_unique<std::string>("cargo");
  ASSERT_TRUE(made.ok());
  const std::unique_ptr<std::string> taken = *std::move(made);
  EXPECT_EQ(*taken, "cargo");
}

TEST(Result, AResultOfAStringMadeFromALiteralIsAValue) {
  const Result<std::string> text = "plain";
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->size(), 5U);
}

}  // namespace
}  // namespace moorage::base

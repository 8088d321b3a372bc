#include "foundation/base/inline_function.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace moorage::base {
namespace {

// Counts how many of its copies are alive.
class Tracker {
 public:
  explicit Tracker(int& alive) : alive_(&alive) { ++*alive_; }
  Tracker(Tracker&& other) noexcept : alive_(other.alive_) { ++*alive_; }
  Tracker& operator=(Tracker&&) = delete;
  ~Tracker() { --*alive_; }

 private:
  int* alive_;
};

int Twice(int number) { return 2 * number; }

TEST(InlineFunction, CallsLambdasFunctionsAndMembers) {
  InlineFunction<int(int)> add = [offset = 3](int number) { return number + offset; };
  EXPECT_EQ(add(4), 7);
  add = Twice;
  EXPECT_EQ(add(4), 8);
  InlineFunction<std::size_t(const std::string&)> size = &std::string::size;
  EXPECT_EQ(size("harbour"), 7U);
}

TEST(InlineFunction, OwnsMoveOnlyCaptures) {
  InlineFunction<int()> read = [value = std::make_unique<int>(42)] { return *value; };
  InlineFunction<int()> moved = std::move(read);
  EXPECT_FALSE(
      static_cast<bool>(read));  // NOLINT(bugprone-use-after-move): emptiness is the contract
  EXPECT_EQ(moved(), 42);
}

TEST(InlineFunction, PassesMoveOnlyArgumentsAndReferences) {
  InlineFunction<std::unique_ptr<int>(std::unique_ptr<int>)> pass = [](std::unique_ptr<int> value) {
    ++*value;
    return value;
  };
  EXPECT_EQ(*pass(std::make_unique<int>(1)), 2);
  InlineFunction<void(std::vector<int>&)> append = [](std::vector<int>& list) {
    list.push_back(1);
  };
  std::vector<int> list;
  append(list);
  append(list);
  EXPECT_EQ(list.size(), 2U);
}

TEST(InlineFunction, KeepsStateBetweenCalls) {
  InlineFunction<int()> count = [n = 0]() mutable { return ++n; };
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(count(), 2);
  InlineFunction<int()> moved = std::move(count);
  EXPECT_EQ(moved(), 3);
}

TEST(InlineFunction, DestroysItsCaptureExactlyOnce) {
  int alive = 0;
  {
    InlineFunction<void()> first = [tracker = Tracker(alive)] {};
    EXPECT_EQ(alive, 1);
    InlineFunction<void()> second = std::move(first);
    EXPECT_EQ(alive, 1);
    second = [] {};
    EXPECT_EQ(alive, 0);
    second = [tracker = Tracker(alive)] {};
    first = std::move(second);
    EXPECT_EQ(alive, 1);
    first = nullptr;
    EXPECT_EQ(alive, 0);
    first = [tracker = Tracker(alive)] {};
  }
  EXPECT_EQ(alive, 0);
}

TEST(InlineFunction, SurvivesBeingMovedIntoItself) {
  InlineFunction<int()> answer = [value = std::make_unique<int>(5)] { return *value; };
  InlineFunction<int()>& alias = answer;
  answer = std::move(alias);
  EXPECT_EQ(answer(), 5);
}

TEST(InlineFunction, HoldsExactlyItsCapacity) {
  std::array<char, 64> full{};
  full[63] = 'z';
  InlineFunction<char(), 64> last = [full] { return full[63]; };
  EXPECT_EQ(last(), 'z');
  static_assert(sizeof(InlineFunction<void(), 64>) <= 64 + 2 * alignof(std::max_align_t));
  static_assert(!std::is_copy_constructible_v<InlineFunction<void(), 64>>);
  static_assert(std::is_nothrow_move_constructible_v<InlineFunction<void(), 64>>);
  static_assert(!std::is_constructible_v<InlineFunction<void(int)>, void (*)(std::string)>);
}

TEST(InlineFunctionDeathTest, AbortsWhenAnEmptyOneIsCalled) {
  InlineFunction<void()> empty;
  EXPECT_DEATH(empty(), "");
}

}  // namespace
}  // namespace moorage::base

#include "foundation/base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace moorage::base {
namespace {

TEST(Error, AnnotateKeepsCodeAndDetailsAndReadsFromOutsideIn) {
  const Error inner{Code::kCorrupt, "digest differs", {{"model.onnx", "flipped byte"}}};
  const Error outer = Annotate("push cancer", Annotate("store artifact", inner));
  EXPECT_EQ(outer.message, "push cancer: store artifact: digest differs");
  EXPECT_EQ(outer.code, Code::kCorrupt);
  EXPECT_EQ(outer.details, inner.details);
}

TEST(Error, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(Code::kDeadline); ++code) {
    names.insert(Name(static_cast<Code>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Code::kDeadline) + 1);
  EXPECT_EQ(Name(Code::kInvalid), "invalid_argument");
  EXPECT_EQ(Name(Code::kDeadline), "deadline_exceeded");
}

}  // namespace
}  // namespace moorage::base

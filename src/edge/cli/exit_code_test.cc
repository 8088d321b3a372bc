#include "edge/cli/exit_code.h"

#include <gtest/gtest.h>

#include <utility>

namespace moorage::cli {
namespace {

// The numbers of docs: 1 is for what a rule or the state forbids, 3 for everything that went wrong.
TEST(ExitCode, TellsARefusalFromAnError) {
  using base::Code;
  const std::pair<Code, int> rows[] = {
      {Code::kDenied, 1},         {Code::kConflict, 1},    {Code::kInvalid, 3},
      {Code::kNotFound, 3},       {Code::kInternal, 3},    {Code::kCorrupt, 3},
      {Code::kExhausted, 3},      {Code::kStorageFull, 3}, {Code::kUnavailable, 3},
      {Code::kDeadline, 3},       {Code::kUnsupported, 3}, {Code::kCancelled, 3},
      {Code::kUnauthenticated, 3}};
  for (const auto& [code, expected] : rows) {
    EXPECT_EQ(static_cast<int>(ExitCodeOf(code)), expected) << base::Name(code);
  }
}

TEST(ExitCode, KeepsTheNumbersThatScriptsRelyOn) {
  EXPECT_EQ(static_cast<int>(ExitCode::kDone), 0);
  EXPECT_EQ(static_cast<int>(ExitCode::kInconclusive), 2);
  EXPECT_EQ(static_cast<int>(ExitCode::kUsage), 64);
}

}  // namespace
}  // namespace moorage::cli

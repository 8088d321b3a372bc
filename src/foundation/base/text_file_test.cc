#include "foundation/base/text_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/temporary_directory.h"

namespace moorage::base {
namespace {

class TextFileTest : public testing::Test {
 protected:
  Result<std::string> Read(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return ReadTextFile(PosixFileSystem::Get(), path_, 1000);
  }

  const TemporaryDirectory folder_;
  const std::string path_ = folder_ / "names.txt";
};

TEST_F(TextFileTest, LeavesOutAByteOrderMark) {
  EXPECT_EQ(Read("\xEF\xBB\xBF"
                 "a\r\nb")
                .value(),
            "a\r\nb");
  EXPECT_EQ(Read("\xEF\xBB\xBF").value(), "");
  EXPECT_EQ(Read("a\xEF\xBB\xBF"
                 "b")
                .value(),
            "a\xEF\xBB\xBF"
            "b")
      << "only in front";
  EXPECT_EQ(Read("").value(), "");
}

TEST_F(TextFileTest, RefusesOtherEncodingsByTheirMark) {
  for (const std::string& bytes : {std::string("\xFF\xFE"
                                               "a\0",
                                               4),
                                   std::string("\xFE\xFF\0a", 4), std::string("\0\0\xFE\xFF", 4)}) {
    const auto text = Read(bytes);
    ASSERT_FALSE(text.ok());
    EXPECT_EQ(text.error().code, Code::kInvalid);
    EXPECT_NE(text.error().message.find(path_), std::string::npos);
  }
}

TEST_F(TextFileTest, PassesOnWhyAFileCannotBeRead) {
  EXPECT_EQ(ReadTextFile(PosixFileSystem::Get(), folder_ / "missing", 10).error().code,
            Code::kNotFound);
  EXPECT_EQ(Read(std::string(1001, 'x')).error().code, Code::kExhausted);
}

}  // namespace
}  // namespace moorage::base

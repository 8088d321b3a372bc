#include "platform/runtime/onnx/proto_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::runtime {
namespace {

using std::string_literals::operator""s;

TEST(ProtoReader, ReadsEveryKindOfField) {
  const std::string message = "\x08\x96\x01\x12\x02hi\x1D\x01\0\0\0\x21\x02\0\0\0\0\0\0\0"s;
  ProtoReader reader(message);
  ProtoField field;
  ASSERT_TRUE(reader.Next(field));
  EXPECT_EQ(field.number, 1U);
  EXPECT_EQ(field.scalar, 150U);
  ASSERT_TRUE(reader.Next(field));
  EXPECT_EQ(field.bytes, "hi");
  EXPECT_EQ(field.raw, "\x12\x02hi");
  ASSERT_TRUE(reader.Next(field));
  EXPECT_EQ(field.scalar, 1U);
  ASSERT_TRUE(reader.Next(field));
  EXPECT_EQ(field.scalar, 2U);
  EXPECT_FALSE(reader.Next(field));
  EXPECT_FALSE(reader.damaged());
}

TEST(ProtoReader, TellsACutFieldFromADamagedOne) {
  ProtoField field;
  ProtoReader cut("\x12\x05hi");
  EXPECT_FALSE(cut.Next(field));
  EXPECT_TRUE(cut.truncated());
  ProtoReader group("\x0B");
  EXPECT_FALSE(group.Next(field));
  EXPECT_TRUE(group.damaged());
  EXPECT_FALSE(group.truncated());
}

TEST(ProtoReader, ReadsVarintsToTheirEndAndNoFurther) {
  ProtoField field;
  ProtoReader largest("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
  ASSERT_TRUE(largest.Next(field));
  EXPECT_EQ(field.scalar, UINT64_MAX);
  ProtoReader endless("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
  EXPECT_FALSE(endless.Next(field));
  EXPECT_TRUE(endless.damaged());
  EXPECT_FALSE(endless.truncated());
}

TEST(ProtoReader, RefusesTagsThatNoFieldHas) {
  ProtoField field;
  for (const std::string& message :
       {"\x00\x01"s, "\x02\x00"s, "\x0C"s, "\x0E\x01"s, "\x0F\x01"s, "\xF8\xFF\xFF\xFF\x1F\x01"s}) {
    ProtoReader reader(message);
    EXPECT_FALSE(reader.Next(field)) << testing::PrintToString(message);
    EXPECT_TRUE(reader.damaged()) << testing::PrintToString(message);
  }
}

// A length that would wrap around an offset must not be believed.
TEST(ProtoReader, TakesALengthBeyondTheMessageForACut) {
  ProtoField field;
  ProtoReader reader("\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01hi");
  EXPECT_FALSE(reader.Next(field));
  EXPECT_TRUE(reader.truncated());
}

TEST(ProtoReader, AccountsForEveryByteOfEveryPrefix) {
  const std::string message = "\x08\x96\x01\x12\x02hi\x1D\x01\0\0\0\x21\x02\0\0\0\0\0\0\0"s;
  for (std::size_t length = 0; length <= message.size(); ++length) {
    ProtoReader reader(std::string_view(message).substr(0, length));
    std::size_t read = 0;
    for (ProtoField field; reader.Next(field);) read += field.raw.size();
    EXPECT_EQ(read == length, !reader.damaged()) << length;
    EXPECT_EQ(reader.truncated(), reader.damaged()) << length;
  }
}

}  // namespace
}  // namespace moorage::runtime

#include "platform/runtime/onnx/zip_map.h"

#include <gtest/gtest.h>

#include <string>

#include "platform/runtime/onnx/onnx_outline.h"
#include "platform/runtime/testing/repository_files.h"

namespace moorage::runtime {
namespace {

using model::DataType;

TEST(ZipMap, BecomesATensorWithAColumnForEachLabel) {
  const auto digits = LowerZipMaps(ReadRepositoryFile("examples/digits/model.onnx"));
  ASSERT_TRUE(digits.has_value());
  ASSERT_EQ(digits->outputs.size(), 1U);
  EXPECT_EQ(digits->outputs.begin()->second.key_type, DataType::kInt64);
  EXPECT_EQ(digits->outputs.begin()->second.labels, 10U);
  EXPECT_EQ(digits->bytes.find("ZipMap\"\n"), std::string::npos);
  const auto wine = LowerZipMaps(ReadRepositoryFile("examples/wine/model.onnx"));
  ASSERT_TRUE(wine.has_value());
  EXPECT_EQ(wine->outputs.begin()->second.key_type, DataType::kBytes);
  EXPECT_EQ(wine->outputs.begin()->second.labels, 3U);
}

TEST(ZipMap, IsLoweredOnlyOnce) {
  const auto lowered = LowerZipMaps(ReadRepositoryFile("examples/digits/model.onnx"));
  ASSERT_TRUE(lowered.has_value());
  EXPECT_TRUE(ReadOnnxOutline(lowered->bytes).ok());
  EXPECT_FALSE(LowerZipMaps(lowered->bytes).has_value());
}

TEST(ZipMap, StaysWhereItsLabelsDoNotAscend) {
  std::string bytes = ReadRepositoryFile("examples/wine/model.onnx");
  for (std::size_t at = bytes.find("barolo"); at != std::string::npos; at = bytes.find("barolo")) {
    bytes[at] = 'z';
  }
  EXPECT_FALSE(LowerZipMaps(bytes).has_value());
}

TEST(ZipMap, IsNotLookedForInOtherModelsOrDamagedOnes) {
  EXPECT_FALSE(LowerZipMaps(ReadRepositoryFile("examples/cancer/model.onnx")).has_value());
  EXPECT_FALSE(LowerZipMaps("").has_value());
  const std::string bytes = ReadRepositoryFile("examples/wine/model.onnx");
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    (void)LowerZipMaps(std::string_view(bytes).substr(0, size));
  }
}

// A message of Protocol Buffers with one field of bytes.
std::string Message(unsigned number, std::string_view bytes) {
  std::string message(1, static_cast<char>(number << 3U | 2U));
  for (std::size_t size = bytes.size();; size >>= 7U) {
    const bool last = size < 0x80U;
    message += static_cast<char>((size & 0x7FU) | (last ? 0U : 0x80U));
    if (last) break;
  }
  return message.append(bytes);
}

TEST(ZipMap, LeavesASecondOneWithoutOutputsAsItIs) {
  const std::string labels = Message(5, Message(9, "a"));
  const std::string good = Message(1, "scores") + Message(2, "map") + Message(4, "ZipMap") +
                           Message(7, "ai.onnx.ml") + labels;
  const std::string bad = Message(4, "ZipMap") + Message(7, "ai.onnx.ml");
  const std::string graph = Message(1, good) + Message(1, bad) + Message(12, Message(1, "map"));
  const auto lowered = LowerZipMaps(Message(7, graph) + Message(8, ""));
  ASSERT_TRUE(lowered.has_value());
  EXPECT_NE(lowered->bytes.find("Identity"), std::string::npos);
  EXPECT_NE(lowered->bytes.find(Message(1, bad)), std::string::npos);
}

}  // namespace
}  // namespace moorage::runtime

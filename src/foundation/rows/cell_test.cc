#include "foundation/rows/cell.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "foundation/json/json.h"
#include "foundation/rows/json_row.h"
#include "foundation/rows/row_memory.h"

namespace moorage::rows {
namespace {

using model::DataType;

model::Manifest OneFeature(DataType type) {
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "x", .type = type, .shape = {-1, 1}}};
  return manifest;
}

// What the model gets for the text, or why it gets nothing.
std::string FromCell(DataType type, std::string_view text) {
  const model::Manifest manifest = OneFeature(type);
  const RowLayout layout = *RowLayout::Make(manifest);
  const RowMemory memory(layout);
  const std::string problem = StoreCell(layout, memory.target(), 0, {.text = text});
  if (!problem.empty()) return problem;
  return json::ToText(json::Json(model::NumberAt(memory.Tensors(manifest.signature)[0].view(), 0)));
}

TEST(Cell, MeansWhatTheSameTextMeansInAJsonRequest) {
  const struct {
    DataType type;
    const char* text;
    const char* stored;  // the number, or the problem
  } rows[] = {
      {DataType::kFp64, "9007199254740992", "9.007199254740992e+15"},
      {DataType::kFp64, "9007199254740993", "9.007199254740992e+15"},
      {DataType::kFp32, "16777217", "16777216.0"},
      {DataType::kFp32, "16777219", "16777220.0"},
      {DataType::kFp32, "16777217.0", "16777216.0"},
      {DataType::kFp32, "100000000000000000000000", "9.999999778196308e+22"},
      {DataType::kFp16, "2049", "2048.0"},
      {DataType::kFp16, "65520", "'65520' is out of range for FP16"},
      {DataType::kFp64, "9007199254740993.0", "9.007199254740992e+15"},
      {DataType::kFp64, "1e400", "'1e400' is out of range for a number"},
      {DataType::kFp64, "-1e400", "'-1e400' is out of range for a number"},
      {DataType::kFp64, "1e-400", "0.0"},
      {DataType::kFp64, "0.001e311", "1e+308"},
      {DataType::kFp64, "inf", "'inf' is not a finite number"},
      {DataType::kFp64, "99999999999999999999", "1e+20"},
      {DataType::kFp64, "1e20", "1e+20"},
      {DataType::kInt64, "99999999999999999999",
       "'99999999999999999999' is out of range for INT64"},
      {DataType::kInt64, "-9223372036854775809",
       "'-9223372036854775809' is out of range for INT64"},
      {DataType::kInt64, "9007199254740993.5", "'9007199254740993.5' is not a whole number"},
      {DataType::kInt64, "9007199254740994.0", "9.007199254740994e+15"},
      {DataType::kInt64, "1e18", "1e+18"},
      {DataType::kInt64, "-0.0", "0.0"},
      {DataType::kInt64, "1e2", "100.0"},
      {DataType::kInt64, "9223372036854775808", "'9223372036854775808' is out of range for INT64"},
      {DataType::kInt64, "1.5", "'1.5' is not a whole number"},
      {DataType::kInt64, "2.0", "2.0"},
      {DataType::kUint8, "300", "'300' is out of range for UINT8"},
      {DataType::kUint8, "-1", "'-1' is out of range for UINT8"},
      {DataType::kUint8, "255", "255.0"},
      {DataType::kFp32, "1e39", "'1e39' is out of range for FP32"},
      {DataType::kBool, "True", "1.0"},
      {DataType::kBool, "yes", "'yes' is not a boolean (true, false, 1 or 0)"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(FromCell(row.type, row.text), row.stored) << row.text;
    if (row.type == DataType::kBool || std::string(row.text) == "inf") continue;  // no JSON numbers
    const RowLayout layout = *RowLayout::Make(OneFeature(row.type));
    const RowMemory memory(layout);
    const auto json = json::ParseJson("[" + std::string(row.text) + "]");
    const bool taken = json.ok() && StoreJsonRow(layout, memory.target(), *json, "features").ok();
    EXPECT_EQ(taken, row.stored[0] != '\'') << row.text;
  }
}

// The bits of the only feature after the text was stored, or nothing.
template <typename Bits>
std::optional<Bits> StoredBits(const RowLayout& layout, const RowMemory& memory,
                               const base::Status& stored) {
  if (!stored.ok()) return std::nullopt;
  static_assert(sizeof(Bits) <= sizeof(std::uint64_t));
  Bits bits;
  std::memcpy(&bits, memory.target().inputs[0].bytes, layout.row_bytes(0));
  return bits;
}

// Stores the text both ways and compares with the bits that numpy gives it.
template <typename Bits>
void ExpectBits(DataType type, const std::string& text, Bits infinity, Bits expected) {
  const RowLayout layout = *RowLayout::Make(OneFeature(type));
  const RowMemory memory(layout);
  const bool fits = static_cast<Bits>(expected & infinity) != infinity;
  const auto wanted = fits ? std::optional<Bits>(expected) : std::nullopt;
  const bool cell = StoreCell(layout, memory.target(), 0, {.text = text}).empty();
  const base::Status refused = base::Error{base::Code::kInvalid, "refused"};
  EXPECT_EQ(StoredBits<Bits>(layout, memory, cell ? base::Status() : refused), wanted) << text;
  const auto json = json::ParseJson("[" + text + "]");
  ASSERT_TRUE(json.ok()) << text;
  const base::Status stored = StoreJsonRow(layout, memory.target(), *json, "features");
  EXPECT_EQ(StoredBits<Bits>(layout, memory, stored), wanted) << text;
}

TEST(Cell, IsRoundedAsNumpyRoundsTheSameText) {
  std::ifstream file(MOORAGE_SOURCE_DIR "/tests/reference/rounded_numbers.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto cases = json::ParseJson(text);
  ASSERT_TRUE(cases.ok()) << cases.error().message;
  ASSERT_GT(cases->size(), 500U);
  for (const json::Json& one : *cases) {
    const auto bits = [&one](const char* type) {
      return std::stoul(one[type].get<std::string>(), nullptr, 16);
    };
    const auto number = one["text"].get<std::string>();
    ExpectBits<std::uint16_t>(DataType::kFp16, number, 0x7C00,
                              static_cast<std::uint16_t>(bits("fp16")));
    ExpectBits<std::uint32_t>(DataType::kFp32, number, 0x7F800000,
                              static_cast<std::uint32_t>(bits("fp32")));
  }
}

TEST(Cell, IsANumberAsAWholeOrNotAtAll) {
  for (const char* text : {" 1", "1 ", "+1", "1,5", "0x10", "1e", "--1", "1_000", "1.2.3", "one"}) {
    EXPECT_EQ(FromCell(DataType::kFp64, text), "'" + std::string(text) + "' is not a number");
  }
  EXPECT_EQ(FromCell(DataType::kFp64, "0005"), "5.0");
  EXPECT_EQ(FromCell(DataType::kFp64, "-007.5"), "-7.5");
  EXPECT_EQ(FromCell(DataType::kFp64, "000"), "0.0");
  EXPECT_EQ(FromCell(DataType::kFp64, ".5"), "0.5");
  EXPECT_EQ(FromCell(DataType::kFp64, "1."), "1.0");
}

TEST(Cell, OfATextFeatureIsItselfAndMissingOnlyIfItIsEmptyAndUnquoted) {
  const RowLayout layout = *RowLayout::Make(OneFeature(DataType::kBytes));
  const RowMemory memory(layout);
  const auto store = [&](std::string_view text, bool quoted) {
    return StoreCell(layout, memory.target(), 0, {.text = text, .quoted = quoted});
  };
  EXPECT_EQ(store("NA", false), "");
  EXPECT_EQ(store("", true), "");
  EXPECT_EQ(store("", false), "missing, and this model does not take missing values");
}

TEST(Cell, IsShownShortInMessages) {
  EXPECT_EQ(ShownCell("1,5"), "'1,5'");
  EXPECT_EQ(ShownCell(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
}

}  // namespace
}  // namespace moorage::rows

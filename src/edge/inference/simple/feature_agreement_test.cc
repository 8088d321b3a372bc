// The hot path's decoder and the document reader must read every row alike. The server uses the
// one. The CLI, validation and golden requests use the other.

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "edge/inference/simple/feature_decoder.h"
#include "foundation/json/json.h"
#include "foundation/rows/json_row.h"
#include "foundation/rows/row_memory.h"

namespace moorage::inference {
namespace {

using model::DataType;

class OneRow : public RowSink {
 public:
  explicit OneRow(const rows::RowMemory& memory) : memory_(memory) {}
  base::Result<rows::RowTarget> AddRow() override { return memory_.target(); }

 private:
  const rows::RowMemory& memory_;
};

// Writes JSON documents of random rows for a layout, most of them valid.
class RowWriter {
 public:
  RowWriter(const rows::RowLayout& layout, unsigned seed) : layout_(layout), random_(seed) {}

  std::string Row() {
    if (!layout_.nested_shape().empty()) return Nested(layout_.nested_shape());
    const std::size_t features = layout_.features() + (OneIn(12) ? 1 : 0) - (OneIn(12) ? 1 : 0);
    std::string text;
    if (OneIn(2)) {
      for (std::size_t i = 0; i < features; ++i) text += (i ? Comma() : "") + Scalar(i);
      return "[" + text + "]";
    }
    for (std::size_t i = 0; i < features; ++i) {
      const std::string name = i < layout_.names().size() ? layout_.names()[i] : "more";
      text +=
          (i ? Comma() : "") + "\"" + (OneIn(20) ? "other" : name) + "\":" + Space() + Scalar(i);
    }
    return "{" + text + "}";
  }

 private:
  bool OneIn(unsigned n) { return random_() % n == 0; }
  std::string Space() { return OneIn(4) ? " " : OneIn(8) ? "\n\t" : ""; }
  std::string Comma() { return Space() + "," + Space(); }

  std::string Nested(std::span<const std::int64_t> shape) {
    if (shape.empty()) return Scalar(0);
    std::string text;
    const std::int64_t count = shape.front() - (OneIn(30) ? 1 : 0);
    for (std::int64_t i = 0; i < count; ++i) text += (i ? Comma() : "") + Nested(shape.subspan(1));
    return "[" + text + "]";
  }

  std::string Digits(unsigned most) {
    std::string digits;
    const unsigned count = 1 + static_cast<unsigned>(random_() % most);
    for (unsigned i = 0; i < count; ++i) digits += static_cast<char>('0' + random_() % 10);
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
  }

  std::string Number() {
    static const std::vector<std::string> kOdd = {"-0",
                                                  "-0.0",
                                                  "0e5",
                                                  "1e-400",
                                                  "16777216",
                                                  "16777217",
                                                  "1e400",
                                                  "-1e400",
                                                  "3.4028235e38",
                                                  "3.4028236e38",
                                                  "9007199254740993",
                                                  "255",
                                                  "256",
                                                  "18446744073709551615",
                                                  "-9223372036854775808",
                                                  "18446744073709551616",
                                                  "-9223372036854775809",
                                                  "99999999999999999999",
                                                  "9007199254740993.0",
                                                  "9007199254740993.5",
                                                  "18446744073709551615.0",
                                                  "-9223372036854775808.0",
                                                  "-9223372036854775809.0",
                                                  "1e19",
                                                  "1.0",
                                                  "1e2",
                                                  "5e-324",
                                                  "1E+3"};
    if (OneIn(6)) return kOdd[random_() % kOdd.size()];
    std::string text = (OneIn(2) ? "-" : "") + Digits(OneIn(5) ? 18 : 6);
    if (OneIn(2)) text += "." + std::to_string(random_() % 1000000) + (OneIn(4) ? Digits(20) : "");
    if (OneIn(8)) text += (OneIn(2) ? "e-" : "e") + Digits(2);
    return text;
  }

  std::string Scalar(std::size_t feature) {
    if (OneIn(40)) return OneIn(2) ? "[1]" : "{\"a\":1}";
    if (OneIn(40)) return "null";
    const DataType type = layout_.slots()[feature % layout_.features()].type;
    const bool text = type == DataType::kBytes;
    if (text != OneIn(40)) return OneIn(2) ? R"("g\u00eanes")" : "\"" + Digits(5) + "\"";
    if (OneIn(40) || type == DataType::kBool) return OneIn(2) ? "true" : "false";
    return Number();
  }

  const rows::RowLayout& layout_;
  std::mt19937 random_;
};

model::Signature Inputs(std::vector<model::TensorSpec> inputs) {
  return {.inputs = std::move(inputs), .outputs = {}};
}

std::vector<model::Signature> Signatures() {
  std::vector<model::Signature> all;
  for (const DataType type :
       {DataType::kFp32, DataType::kFp64, DataType::kFp16, DataType::kBf16, DataType::kInt64,
        DataType::kUint8, DataType::kUint64, DataType::kBool, DataType::kBytes}) {
    all.push_back(Inputs({{.name = "x", .type = type, .shape = {-1, 5}}}));
  }
  all.push_back(Inputs({{.name = "x", .type = DataType::kFp32, .shape = {-1, 2, 3}}}));
  all.push_back(Inputs({{.name = "age", .type = DataType::kFp32, .shape = {-1, 1}},
                        {.name = "city", .type = DataType::kBytes, .shape = {-1, 1}},
                        {.name = "n", .type = DataType::kInt32, .shape = {-1, 1}}}));
  return all;
}

TEST(FeatureDecoder, MeansTheSameByEveryRowAsTheDocumentReader) {
  std::size_t taken = 0;
  std::size_t refused = 0;
  for (const model::Signature& signature : Signatures()) {
    model::Manifest manifest;
    manifest.signature = signature;
    manifest.allow_missing = signature.inputs[0].type == DataType::kFp64;
    const auto layout = rows::RowLayout::Make(manifest);
    ASSERT_TRUE(layout.ok()) << layout.error().message;
    RowWriter writer(*layout, 7);
    FeatureDecoder decoder;
    for (int i = 0; i < 3000; ++i) {
      const std::string text = writer.Row();
      const rows::RowMemory decoded(*layout);
      const rows::RowMemory stored(*layout);
      OneRow sink(decoded);
      const auto hot = decoder.DecodeOne("{\"features\":" + text + "}", *layout, sink);
      const auto json = json::ParseJson(text);
      const auto cold = json.ok() ? rows::StoreJsonRow(*layout, stored.target(), *json, "features")
                                  : base::Status(json.error());
      ASSERT_EQ(hot.ok(), cold.ok()) << text << "\nhot: " << (hot.ok() ? "" : hot.error().message)
                                     << "\ncold: " << (cold.ok() ? "" : cold.error().message);
      ++(hot.ok() ? taken : refused);
      if (!hot.ok()) continue;
      const auto left = decoded.Tensors(signature);
      const auto right = stored.Tensors(signature);
      for (std::size_t k = 0; k < left.size(); ++k) {
        ASSERT_EQ(left[k].bytes, right[k].bytes) << text;
        ASSERT_EQ(left[k].strings, right[k].strings) << text;
      }
    }
  }
  EXPECT_GT(taken, 5000U);
  EXPECT_GT(refused, 3000U);
}

}  // namespace
}  // namespace moorage::inference

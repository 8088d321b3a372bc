// Any bytes as the body of the simple endpoints and of an Open Inference Protocol tensor: never a
// crash, never more problems than promised, and what the hot path takes, the document reader takes
// and means the same by it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "edge/inference/oip/element_writer.h"
#include "edge/inference/simple/feature_decoder.h"
#include "foundation/json/json.h"
#include "foundation/rows/json_row.h"
#include "foundation/rows/row_memory.h"

namespace {

namespace inference = moorage::inference;
namespace json = moorage::json;
namespace rows = moorage::rows;
namespace base = moorage::base;
namespace model = moorage::model;

void Require(bool holds) {
  if (!holds) std::abort();
}

// At most so many rows, each with memory of its own.
class Rows : public inference::RowSink {
 public:
  explicit Rows(const rows::RowLayout& layout) : layout_(layout) {}
  base::Result<rows::RowTarget> AddRow() override {
    if (rows_.size() == 64) return base::Error{base::Code::kInvalid, "too many rows"};
    rows_.emplace_back(layout_);
    return rows_.back().target();
  }
  const std::vector<rows::RowMemory>& rows() const { return rows_; }

 private:
  const rows::RowLayout& layout_;
  std::vector<rows::RowMemory> rows_;
};

struct Model {
  model::Signature signature;
  rows::RowLayout layout;
};

Model Make(std::vector<model::TensorSpec> inputs) {
  model::Manifest manifest;
  manifest.signature.inputs = std::move(inputs);
  manifest.allow_missing = true;
  auto layout = rows::RowLayout::Make(manifest);
  Require(layout.ok());
  return {manifest.signature, *std::move(layout)};
}

void RequireSameRow(const Model& one, const rows::RowMemory& row, const json::Json& json) {
  const rows::RowMemory stored(one.layout);
  Require(rows::StoreJsonRow(one.layout, stored.target(), json, "features").ok());
  const auto left = row.Tensors(one.signature);
  const auto right = stored.Tensors(one.signature);
  for (std::size_t i = 0; i < left.size(); ++i) {
    Require(left[i].bytes == right[i].bytes && left[i].strings == right[i].strings);
  }
}

void TryFeatures(const Model& one, std::string_view body) {
  inference::FeatureDecoder decoder;
  const auto document = json::ParseJson(body);
  Rows single(one.layout);
  const auto row = decoder.DecodeOne(body, one.layout, single);
  if (row.ok()) {
    Require(document.ok() && single.rows().size() == 1);
    RequireSameRow(one, single.rows()[0], (*document)["features"]);
  } else {
    Require(row.error().details.size() <= 16 && !row.error().message.empty());
  }
  Rows several(one.layout);
  const auto rows = decoder.DecodeMany(body, one.layout, several);
  if (!rows.ok()) return Require(rows.error().details.size() <= 16);
  Require(document.ok());
  const json::Json& list = document->is_array() ? *document : (*document)["instances"];
  Require(list.size() == several.rows().size());
  for (std::size_t i = 0; i < list.size(); ++i) RequireSameRow(one, several.rows()[i], list[i]);
}

void TryTensor(model::DataType type, model::Shape shape, std::string_view text) {
  model::Tensor tensor{.type = type, .shape = std::move(shape), .bytes = {}, .strings = {}};
  json::JsonCursor json(text, json::NonFiniteWords::kAccept);
  base::MemoryCharge charge;
  const auto read = inference::ReadTensorData(json, "data", tensor, charge);
  if (!read.ok()) Require(read.error().details.size() <= 16);
  // A first step of 4096 elements, and then at most twice of what the text holds.
  const std::size_t elements = std::max<std::size_t>(4096, 2 * text.size());
  Require(tensor.bytes.size() <= elements * 8);
  Require(tensor.strings.size() <= elements);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using model::DataType;
  const std::string body(data, data + size);
  static const Model kFloats = Make({{.name = "x", .type = DataType::kFp32, .shape = {-1, 3}}});
  static const Model kNested = Make({{.name = "x", .type = DataType::kInt64, .shape = {-1, 2, 2}}});
  static const Model kMixed = Make({{.name = "age", .type = DataType::kFp64, .shape = {-1, 1}},
                                    {.name = "city", .type = DataType::kBytes, .shape = {-1, 1}},
                                    {.name = "old", .type = DataType::kBool, .shape = {-1, 1}}});
  for (const Model* one : {&kFloats, &kNested, &kMixed}) TryFeatures(*one, body);
  TryTensor(DataType::kFp32, {2, 2}, body);
  TryTensor(DataType::kInt8, {}, body);
  TryTensor(DataType::kBytes, {0, 3}, body);
  TryTensor(DataType::kFp16, {1099511627776}, body);
  return 0;
}

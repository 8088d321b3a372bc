#include "platform/runtime/onnx/graph_index.h"

#include <bit>
#include <cstring>
#include <utility>

#include "platform/runtime/onnx/proto_reader.h"

namespace moorage::runtime {
namespace {

constexpr std::size_t kMaxElements = 100'000;

// Field numbers of onnx.proto, by message.
namespace indexed_graph {
constexpr std::uint32_t kOfModel = 7, kNode = 1, kInitializer = 5, kInput = 11, kOutput = 12;
}
namespace indexed_node {
constexpr std::uint32_t kInput = 1, kOutput = 2, kOpType = 4, kAttribute = 5;
}
namespace indexed_attribute {
constexpr std::uint32_t kName = 1, kFloat = 2, kInt = 3, kString = 4, kTensor = 5, kFloats = 7,
                        kInts = 8, kStrings = 9;
}
namespace indexed_tensor {
constexpr std::uint32_t kDims = 1, kDataType = 2, kFloatData = 4, kInt32Data = 5, kStringData = 6,
                        kInt64Data = 7, kName = 8, kRawData = 9, kDoubleData = 10;
}
// TensorProto.DataType.
constexpr std::uint64_t kFloat = 1, kInt32 = 6, kInt64 = 7, kString = 8, kDouble = 11;

// Adds one varint, or as many as a packed field holds one after the other without tags.
void TakeVarints(const ProtoField& field, std::vector<std::int64_t>& to) {
  if (!field.is_bytes) {
    to.push_back(static_cast<std::int64_t>(field.scalar));
    return;
  }
  for (std::size_t at = 0; at < field.bytes.size() && to.size() <= kMaxElements;) {
    std::uint64_t value = 0;
    unsigned shift = 0;
    while (at < field.bytes.size()) {
      const auto byte = static_cast<unsigned char>(field.bytes[at++]);
      if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      shift += 7;
      if (byte < 0x80U) break;
    }
    to.push_back(static_cast<std::int64_t>(value));
  }
}

// Adds the little-endian elements of type T that lie in `bytes`. A rest is left out.
template <typename T, typename To>
void TakeElements(std::string_view bytes, std::vector<To>& to) {
  for (std::size_t at = 0; at + sizeof(T) <= bytes.size() && to.size() <= kMaxElements;
       at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    to.push_back(static_cast<To>(value));
  }
}

void TakeFloats(const ProtoField& field, std::vector<double>& to) {
  if (field.is_bytes) {
    TakeElements<float>(field.bytes, to);
  } else {
    to.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(field.scalar)));
  }
}

void TakeDoubles(const ProtoField& field, std::vector<double>& to) {
  if (field.is_bytes) {
    TakeElements<double>(field.bytes, to);
  } else {
    to.push_back(std::bit_cast<double>(field.scalar));
  }
}

// Reads a TensorProto. Typed data and raw data exclude each other.
std::optional<ConstantValues> ReadElements(std::string_view tensor) {
  std::vector<std::int64_t> dims;
  std::uint64_t type = 0;
  std::vector<std::int64_t> integers;
  std::vector<double> numbers;
  std::vector<std::string> strings;
  std::string_view raw;
  ProtoReader reader(tensor);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == indexed_tensor::kDims) TakeVarints(field, dims);
    if (field.number == indexed_tensor::kDataType) type = field.scalar;
    if (field.number == indexed_tensor::kInt32Data || field.number == indexed_tensor::kInt64Data) {
      TakeVarints(field, integers);
    }
    if (field.number == indexed_tensor::kFloatData) TakeFloats(field, numbers);
    if (field.number == indexed_tensor::kDoubleData) TakeDoubles(field, numbers);
    if (field.number == indexed_tensor::kRawData) raw = field.bytes;
    if (field.number == indexed_tensor::kStringData && strings.size() <= kMaxElements) {
      strings.emplace_back(field.bytes);
    }
  }
  std::size_t count = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || static_cast<std::size_t>(dim) > kMaxElements) return std::nullopt;
    count *= static_cast<std::size_t>(dim);
    if (count > kMaxElements) return std::nullopt;
  }
  if (type == kInt64) TakeElements<std::int64_t>(raw, integers);
  if (type == kInt32) TakeElements<std::int32_t>(raw, integers);
  if (type == kFloat) TakeElements<float>(raw, numbers);
  if (type == kDouble) TakeElements<double>(raw, numbers);
  std::optional<ConstantValues> values;
  if (type == kInt64 || type == kInt32) values = std::move(integers);
  if (type == kFloat || type == kDouble) values = std::move(numbers);
  if (type == kString) values = std::move(strings);
  // A tensor whose data lies in another file has none here.
  if (!values || CountOf(*values) != count) return std::nullopt;
  return values;
}

std::string_view FieldOf(std::string_view message, std::uint32_t number) {
  ProtoReader reader(message);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == number && field.is_bytes) return field.bytes;
  }
  return {};
}

std::optional<ConstantValues> ReadAttributeValues(std::string_view attribute) {
  std::vector<std::int64_t> integers;
  std::vector<double> numbers;
  std::vector<std::string> strings;
  std::optional<std::string_view> tensor;
  ProtoReader reader(attribute);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == indexed_attribute::kInts || field.number == indexed_attribute::kInt) {
      TakeVarints(field, integers);
    }
    if (field.number == indexed_attribute::kFloats || field.number == indexed_attribute::kFloat) {
      TakeFloats(field, numbers);
    }
    if (field.number == indexed_attribute::kStrings || field.number == indexed_attribute::kString) {
      strings.emplace_back(field.bytes);
    }
    if (field.number == indexed_attribute::kTensor) tensor = field.bytes;
  }
  if (tensor) return ReadElements(*tensor);
  // Writers of proto3 may add empty lists of the other types.
  if (!strings.empty()) return strings;
  if (!integers.empty()) return integers;
  if (!numbers.empty()) return numbers;
  return std::nullopt;
}

GraphNode ReadGraphNode(std::string_view message) {
  GraphNode node;
  ProtoReader reader(message);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == indexed_node::kInput) node.inputs.push_back(field.bytes);
    if (field.number == indexed_node::kOutput) node.outputs.push_back(field.bytes);
    if (field.number == indexed_node::kOpType) node.op_type = field.bytes;
    if (field.number == indexed_node::kAttribute) node.attributes.push_back(field.bytes);
  }
  return node;
}

}  // namespace

std::size_t CountOf(const ConstantValues& values) {
  return std::visit([](const auto& list) { return list.size(); }, values);
}

GraphIndex::GraphIndex(std::string_view model) {
  ProtoReader reader(model);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == indexed_graph::kOfModel && field.is_bytes) ReadGraph(field.bytes);
  }
}

void GraphIndex::ReadGraph(std::string_view graph) {
  ProtoReader reader(graph);
  for (ProtoField field; reader.Next(field);) {
    if (!field.is_bytes) continue;
    if (field.number == indexed_graph::kNode) ReadNodeOutputs(field.bytes);
    if (field.number == indexed_graph::kInitializer) {
      constants_.emplace(FieldOf(field.bytes, indexed_tensor::kName), field.bytes);
    }
    // ValueInfoProto has its name in field 1.
    if (field.number == indexed_graph::kInput) inputs_.insert(FieldOf(field.bytes, 1));
    if (field.number == indexed_graph::kOutput) outputs_.push_back(FieldOf(field.bytes, 1));
  }
}

void GraphIndex::ReadNodeOutputs(std::string_view node) {
  ProtoReader reader(node);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == indexed_node::kOutput && !field.bytes.empty()) {
      makers_.emplace(field.bytes, node);
    }
  }
}

bool GraphIndex::IsInput(std::string_view tensor) const {
  return inputs_.contains(tensor) && !constants_.contains(tensor);
}

std::optional<GraphNode> GraphIndex::MakerOf(std::string_view tensor) const {
  const auto found = makers_.find(tensor);
  if (found == makers_.end()) return std::nullopt;
  return ReadGraphNode(found->second);
}

bool GraphIndex::IsConstant(std::string_view tensor) const {
  if (constants_.contains(tensor)) return true;
  const auto maker = MakerOf(tensor);
  return maker && maker->op_type == "Constant";
}

std::optional<ConstantValues> GraphIndex::ConstantOf(std::string_view tensor) const {
  if (const auto found = constants_.find(tensor); found != constants_.end()) {
    return ReadElements(found->second);
  }
  const auto maker = MakerOf(tensor);
  if (!maker || maker->op_type != "Constant") return std::nullopt;
  for (const std::string_view name : {"value", "value_ints", "value_int", "value_strings",
                                      "value_string", "value_floats", "value_float"}) {
    if (auto values = AttributeOf(*maker, name)) return values;
  }
  return std::nullopt;
}

std::optional<ConstantValues> AttributeOf(const GraphNode& node, std::string_view name) {
  for (const std::string_view attribute : node.attributes) {
    if (FieldOf(attribute, indexed_attribute::kName) == name) return ReadAttributeValues(attribute);
  }
  return std::nullopt;
}

std::string_view AttributeTextOf(const GraphNode& node, std::string_view name) {
  for (const std::string_view attribute : node.attributes) {
    if (FieldOf(attribute, indexed_attribute::kName) == name) {
      return FieldOf(attribute, indexed_attribute::kString);
    }
  }
  return {};
}

}  // namespace moorage::runtime

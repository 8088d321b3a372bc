#include "platform/runtime/onnx/zip_map.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "platform/runtime/onnx/proto_reader.h"

namespace moorage::runtime {
namespace {

// Field numbers of onnx.proto.
constexpr std::uint32_t kModelGraph = 7, kModelOpsetImport = 8;
constexpr std::uint32_t kGraphNode = 1, kGraphOutput = 12;
constexpr std::uint32_t kNodeInput = 1, kNodeOutput = 2, kNodeOpType = 4, kNodeAttribute = 5,
                        kNodeDomain = 7;
constexpr std::uint32_t kAttributeInts = 8, kAttributeStrings = 9;

struct Node {
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
  std::string_view op_type;
  std::string_view domain;
  std::vector<std::int64_t> ints;  // of all attributes, of which ZipMap has one
  std::vector<std::string_view> strings;
  bool has_graph = false;  // may use names of the graph around it
};

void ReadAttribute(std::string_view message, Node& node) {
  ProtoReader reader(message);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == kAttributeInts && !field.is_bytes) {
      node.ints.push_back(static_cast<std::int64_t>(field.scalar));
    }
    if (field.number == kAttributeStrings && field.is_bytes) node.strings.push_back(field.bytes);
    // AttributeProto.g and AttributeProto.graphs.
    if (field.number == 6 || field.number == 11) node.has_graph = true;
  }
}

Node ReadNode(std::string_view message) {
  Node node;
  std::vector<std::string_view> attributes;
  ProtoReader reader(message);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == kNodeInput) node.inputs.push_back(field.bytes);
    if (field.number == kNodeOutput) node.outputs.push_back(field.bytes);
    if (field.number == kNodeOpType) node.op_type = field.bytes;
    if (field.number == kNodeDomain) node.domain = field.bytes;
    if (field.number == kNodeAttribute) attributes.push_back(field.bytes);
  }
  for (const std::string_view attribute : attributes) ReadAttribute(attribute, node);
  return node;
}

template <typename T>
bool Ascends(const std::vector<T>& labels) {
  return std::ranges::is_sorted(labels) && std::ranges::adjacent_find(labels) == labels.end();
}

std::optional<ZipMapOutput> ReadZipMap(const Node& node) {
  if (node.op_type != "ZipMap" || node.domain != "ai.onnx.ml" || node.inputs.size() != 1 ||
      node.outputs.size() != 1 || node.ints.empty() == node.strings.empty()) {
    return std::nullopt;
  }
  // A map orders its keys. Only where the labels ascend are the columns in the same order.
  if (!Ascends(node.ints) || !Ascends(node.strings)) return std::nullopt;
  const bool strings = node.ints.empty();
  return ZipMapOutput{.key_type = strings ? model::DataType::kBytes : model::DataType::kInt64,
                      .labels = strings ? node.strings.size() : node.ints.size()};
}

std::string_view NameOf(std::string_view value_info) {
  ProtoReader reader(value_info);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == 1 && field.is_bytes) return field.bytes;
  }
  return {};
}

void AppendVarint(std::string& to, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) to += static_cast<char>((value & 0x7FU) | 0x80U);
  to += static_cast<char>(value);
}

void AppendBytes(std::string& to, std::uint32_t number, std::string_view bytes) {
  AppendVarint(to, (static_cast<std::uint64_t>(number) << 3U) | 2U);
  AppendVarint(to, bytes.size());
  to += bytes;
}

std::string IdentityNode(const Node& node) {
  std::string message;
  AppendBytes(message, kNodeInput, node.inputs[0]);
  AppendBytes(message, kNodeOutput, node.outputs[0]);
  AppendBytes(message, kNodeOpType, "Identity");
  return message;
}

// ValueInfoProto of a float tensor whose shape is left to inference.
std::string FloatTensor(std::string_view name) {
  const std::string_view elem_type("\x08\x01", 2);  // TypeProto.Tensor.elem_type = FLOAT
  std::string type;
  AppendBytes(type, 1, elem_type);
  std::string message;
  AppendBytes(message, 1, name);
  AppendBytes(message, 2, type);
  return message;
}

// The ZipMaps of a graph that can be lowered, by the name of their output.
std::map<std::string, ZipMapOutput> FindZipMaps(std::string_view graph) {
  std::map<std::string, ZipMapOutput> found;
  std::set<std::string_view> consumed;
  std::set<std::string_view> outputs;
  bool subgraphs = false;
  ProtoReader reader(graph);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == kGraphOutput && field.is_bytes) outputs.insert(NameOf(field.bytes));
    if (field.number != kGraphNode || !field.is_bytes) continue;
    const Node node = ReadNode(field.bytes);
    consumed.insert(node.inputs.begin(), node.inputs.end());
    subgraphs = subgraphs || node.has_graph;
    if (const auto zip = ReadZipMap(node)) found.emplace(node.outputs[0], *zip);
  }
  // The body of a loop or a branch may read a ZipMap's output, which is not among its node's
  // inputs.
  if (subgraphs) return {};
  // A node that consumes the maps would get a tensor, so such a ZipMap stays.
  std::erase_if(found, [&](const auto& entry) {
    return consumed.contains(entry.first) || !outputs.contains(entry.first);
  });
  return found;
}

std::string RewriteGraph(std::string_view graph,
                         const std::map<std::string, ZipMapOutput>& lowered) {
  std::string message;
  message.reserve(graph.size());
  ProtoReader reader(graph);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == kGraphNode && field.is_bytes) {
      const Node node = ReadNode(field.bytes);
      // A second ZipMap may lack what the lowered one has, so it is read by the same rule.
      if (ReadZipMap(node) && lowered.contains(std::string(node.outputs[0]))) {
        AppendBytes(message, kGraphNode, IdentityNode(node));
        continue;
      }
    }
    if (field.number == kGraphOutput && field.is_bytes) {
      const std::string_view name = NameOf(field.bytes);
      if (lowered.contains(std::string(name))) {
        AppendBytes(message, kGraphOutput, FloatTensor(name));
        continue;
      }
    }
    // All other fields are copied byte for byte, so nothing of them can be lost.
    message += field.raw;
  }
  return message;
}

// Identity needs the default operator set, whose domain is the empty string or absent.
bool ImportsDefaultOpset(std::string_view opset_import) {
  ProtoReader reader(opset_import);
  for (ProtoField field; reader.Next(field);) {
    if (field.number == 1 && field.is_bytes) return field.bytes.empty() || field.bytes == "ai.onnx";
  }
  return true;
}

}  // namespace

std::optional<LoweredModel> LowerZipMaps(std::string_view model) {
  std::string_view graph;
  bool default_opset = false;
  ProtoReader reader(model);
  for (ProtoField field; reader.Next(field);) {
    if (!field.is_bytes) continue;
    // A parser merges two occurrences of one message. Such a file runs as it is.
    if (field.number == kModelGraph && !graph.empty()) return std::nullopt;
    if (field.number == kModelGraph) graph = field.bytes;
    if (field.number == kModelOpsetImport) {
      default_opset = default_opset || ImportsDefaultOpset(field.bytes);
    }
  }
  LoweredModel lowered;
  if (default_opset) lowered.outputs = FindZipMaps(graph);
  if (lowered.outputs.empty()) return std::nullopt;
  lowered.bytes.reserve(model.size());
  ProtoReader again(model);
  for (ProtoField field; again.Next(field);) {
    if (field.number == kModelGraph && field.is_bytes) {
      AppendBytes(lowered.bytes, kModelGraph, RewriteGraph(graph, lowered.outputs));
    } else {
      lowered.bytes += field.raw;
    }
  }
  return lowered;
}

}  // namespace moorage::runtime

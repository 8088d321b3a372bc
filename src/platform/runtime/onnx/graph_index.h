#pragma once

// Looks up the nodes and the constants of a graph by the names of what they make. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace moorage::runtime {

// One node of a graph. Views into the file.
struct GraphNode {
  std::string_view op_type;
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
  std::vector<std::string_view> attributes;  // AttributeProto messages
};

// The elements of a constant tensor, or the values of an attribute. Empty where there are none, or
// where the type is another one.
using ConstantValues =
    std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;
std::size_t CountOf(const ConstantValues& values);

// An index over the outermost graph of an ONNX file. It holds views into `model`, which outlives
// it. ReadOnnxOutline() must have accepted the bytes. The time grows with the number of nodes,
// because a node is read only when it is looked up.
class GraphIndex {
 public:
  explicit GraphIndex(std::string_view model);

  // The outputs of the graph, in its order.
  const std::vector<std::string_view>& outputs() const { return outputs_; }
  // True for an input of the graph that has no default.
  bool IsInput(std::string_view tensor) const;

  // The node that makes the tensor, or nothing for an input, a constant or an unknown name.
  std::optional<GraphNode> MakerOf(std::string_view tensor) const;

  bool IsConstant(std::string_view tensor) const;
  // The elements of an initializer or of a Constant node in row-major order. Nothing if the tensor
  // is no constant, has more than 100,000 elements, lies in another file, or holds neither
  // integers, floats nor strings.
  std::optional<ConstantValues> ConstantOf(std::string_view tensor) const;

 private:
  void ReadGraph(std::string_view graph);
  void ReadNodeOutputs(std::string_view node);

  std::unordered_map<std::string_view, std::string_view> makers_;     // output -> NodeProto
  std::unordered_map<std::string_view, std::string_view> constants_;  // name -> TensorProto
  std::unordered_set<std::string_view> inputs_;
  std::vector<std::string_view> outputs_;
};

// The values of the attribute, or nothing if the node does not have it.
std::optional<ConstantValues> AttributeOf(const GraphNode& node, std::string_view name);
// The text of the attribute, or empty.
std::string_view AttributeTextOf(const GraphNode& node, std::string_view name);

}  // namespace moorage::runtime

#pragma once

// Writes small ONNX files by hand, for tests that read their wire form. The graphs need not run.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace moorage::runtime {

//   GraphBytes graph;
//   graph.Output("label").Node("ArgMax", {"scores"}, {"label"});
//   ReadOnnxOutline(graph.bytes());
class GraphBytes {
 public:
  GraphBytes& Input(std::string_view name) { return Add(11, Bytes(1, name)); }
  GraphBytes& Output(std::string_view name) { return Add(12, Bytes(1, name)); }

  // `attributes` are made by the functions below.
  GraphBytes& Node(std::string_view op_type, std::initializer_list<std::string_view> inputs,
                   std::initializer_list<std::string_view> outputs,
                   std::initializer_list<std::string> attributes = {}) {
    std::string node;
    for (const std::string_view input : inputs) node += Bytes(1, input);
    for (const std::string_view output : outputs) node += Bytes(2, output);
    node += Bytes(4, op_type);
    for (const std::string& attribute : attributes) node += Bytes(5, attribute);
    return Add(1, node);
  }

  // Constants, as initializers with typed data.
  GraphBytes& Integers(std::string_view name, const std::vector<std::int64_t>& values) {
    std::string tensor = Number(1, values.size()) + Number(2, 7) + Bytes(8, name);
    for (const std::int64_t value : values) tensor += Number(7, static_cast<std::uint64_t>(value));
    return Add(5, tensor);
  }
  GraphBytes& Strings(std::string_view name, const std::vector<std::string>& values) {
    std::string tensor = Number(1, values.size()) + Number(2, 8) + Bytes(8, name);
    for (const std::string& value : values) tensor += Bytes(6, value);
    return Add(5, tensor);
  }

  static std::string IntegerList(std::string_view name, const std::vector<std::int64_t>& values) {
    std::string attribute = Bytes(1, name);
    for (const std::int64_t value : values) {
      attribute += Number(8, static_cast<std::uint64_t>(value));
    }
    return attribute;
  }
  static std::string StringList(std::string_view name, const std::vector<std::string>& values) {
    std::string attribute = Bytes(1, name);
    for (const std::string& value : values) attribute += Bytes(9, value);
    return attribute;
  }
  static std::string Integer(std::string_view name, std::int64_t value) {
    return Bytes(1, name) + Number(3, static_cast<std::uint64_t>(value));
  }
  static std::string Text(std::string_view name, std::string_view value) {
    return Bytes(1, name) + Bytes(4, value);
  }

  std::string bytes() const { return Number(1, 8) + Bytes(7, graph_); }

 private:
  GraphBytes& Add(std::uint32_t field, std::string_view message) {
    graph_ += Bytes(field, message);
    return *this;
  }
  static std::string Varint(std::uint64_t value) {
    std::string text;
    for (; value >= 0x80U; value >>= 7U) text += static_cast<char>((value & 0x7FU) | 0x80U);
    return text + static_cast<char>(value);
  }
  static std::string Number(std::uint32_t field, std::uint64_t value) {
    return Varint(static_cast<std::uint64_t>(field) << 3U) + Varint(value);
  }
  static std::string Bytes(std::uint32_t field, std::string_view bytes) {
    return Varint((static_cast<std::uint64_t>(field) << 3U) | 2U) + Varint(bytes.size()) +
           std::string(bytes);
  }

  std::string graph_;
};

}  // namespace moorage::runtime

#pragma once

// A graph with one integer division, as the bytes of an ONNX file.

#include <cstdint>
#include <string>
#include <string_view>

namespace moorage::runtime {

// The datatypes of ONNX by number.
inline constexpr int kOnnxInt32 = 6;
inline constexpr int kOnnxInt64 = 7;

namespace proto {

inline std::string Varint(std::uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7U) text += static_cast<char>(value | 0x80U);
  return text + static_cast<char>(value);
}

inline std::string Number(int field, std::uint64_t value) {
  return Varint(static_cast<std::uint64_t>(field) << 3U) + Varint(value);
}

inline std::string Text(int field, std::string_view text) {
  return Varint(static_cast<std::uint64_t>(field) << 3U | 2U) + Varint(text.size()) +
         std::string(text);
}

}  // namespace proto

// `quotient = a <op> b`, each of shape [rows]. `op` is Div or Mod. With `constant_divisor` b is no
// input but an initializer of one element.
class DivisionModel {
 public:
  DivisionModel(std::string_view op, int datatype) : op_(op), datatype_(datatype) {}

  DivisionModel& WithConstants(std::int64_t a, std::int64_t b) {
    constants_ = Constant("a", a) + Constant("b", b);
    return *this;
  }

  std::string Bytes() const {
    using proto::Number;
    using proto::Text;
    const std::string node = Text(1, "a") + Text(1, "b") + Text(2, "quotient") + Text(4, op_);
    std::string graph = Text(1, node) + Text(2, "division") + constants_ + Value(12, "quotient");
    graph += constants_.empty() ? Value(11, "a") + Value(11, "b") : Unused();
    return Number(1, 8) + Text(7, graph) + Text(8, Text(1, "") + Number(2, 17));
  }

 private:
  std::string Value(int field, std::string_view name) const {
    using proto::Number;
    using proto::Text;
    const std::string shape = Text(1, Text(2, "rows"));
    const std::string type =
        Text(1, Number(1, static_cast<std::uint64_t>(datatype_)) + Text(2, shape));
    return Text(field, Text(1, name) + Text(2, type));
  }

  std::string Constant(std::string_view name, std::int64_t value) const {
    using proto::Number;
    using proto::Text;
    std::string raw;
    for (unsigned shift = 0; shift < (datatype_ == kOnnxInt64 ? 64U : 32U); shift += 8U) {
      raw += static_cast<char>(static_cast<std::uint64_t>(value) >> shift);
    }
    return Text(5, Number(1, 1) + Number(2, static_cast<std::uint64_t>(datatype_)) + Text(8, name) +
                       Text(9, raw));
  }

  // A graph without inputs is refused, so one input goes straight to an output.
  std::string Unused() const {
    using proto::Text;
    return Text(1, Text(1, "unused") + Text(2, "same") + Text(4, "Identity")) +
           Value(11, "unused") + Value(12, "same");
  }

  std::string op_;
  int datatype_;
  std::string constants_;
};

}  // namespace moorage::runtime

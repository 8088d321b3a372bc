#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace moorage::model {

// The element types of a tensor, named as the Open Inference Protocol names them.
enum class DataType : std::uint8_t {
  kBool,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFp16,
  kBf16,
  kFp32,
  kFp64,
  kBytes,  // variable-length strings
};

// "FP32", "INT64", "BYTES", ...
std::string_view Name(DataType type);
std::optional<DataType> ParseDataType(std::string_view name);

// Bytes per element. 0 for kBytes, whose elements are strings.
std::size_t ElementSize(DataType type);
bool IsInteger(DataType type);   // signed and unsigned, not bool
bool IsFloating(DataType type);  // FP16, BF16, FP32, FP64

// IEEE 754 binary16 and bfloat16, rounded to nearest even. Overflow gives infinity.
std::uint16_t FloatToHalf(float value);
float HalfToFloat(std::uint16_t bits);
std::uint16_t FloatToBfloat(float value);
float BfloatToFloat(std::uint16_t bits);

}  // namespace moorage::model

#include "foundation/model/datatype.h"

#include <array>
#include <bit>

namespace moorage::model {

namespace {

struct TypeRow {
  DataType type;
  std::string_view name;
  std::size_t size;
};

// In the order of the enumerators.
constexpr std::array<TypeRow, 14> kTypes = {{
    {DataType::kBool, "BOOL", 1},
    {DataType::kUint8, "UINT8", 1},
    {DataType::kUint16, "UINT16", 2},
    {DataType::kUint32, "UINT32", 4},
    {DataType::kUint64, "UINT64", 8},
    {DataType::kInt8, "INT8", 1},
    {DataType::kInt16, "INT16", 2},
    {DataType::kInt32, "INT32", 4},
    {DataType::kInt64, "INT64", 8},
    {DataType::kFp16, "FP16", 2},
    {DataType::kBf16, "BF16", 2},
    {DataType::kFp32, "FP32", 4},
    {DataType::kFp64, "FP64", 8},
    {DataType::kBytes, "BYTES", 0},
}};

constexpr const TypeRow& Row(DataType type) { return kTypes[static_cast<std::size_t>(type)]; }

// Drops the low `bits` of `value` and rounds to nearest, ties to even (IEEE 754).
constexpr std::uint32_t RoundToEven(std::uint32_t value, std::uint32_t bits) {
  const std::uint32_t half = 1U << (bits - 1);
  const std::uint32_t rest = value & ((1U << bits) - 1);
  const std::uint32_t kept = value >> bits;
  return kept + ((rest > half || (rest == half && (kept & 1U) != 0)) ? 1U : 0U);
}

constexpr std::uint32_t kFloatInfinity = 0x7f800000U;
constexpr std::uint32_t kFloatSign = 0x80000000U;

}  // namespace

std::string_view Name(DataType type) { return Row(type).name; }

std::optional<DataType> ParseDataType(std::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

std::size_t ElementSize(DataType type) { return Row(type).size; }

bool IsInteger(DataType type) { return type >= DataType::kUint8 && type <= DataType::kInt64; }

bool IsFloating(DataType type) { return type >= DataType::kFp16 && type <= DataType::kFp64; }

std::uint16_t FloatToHalf(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits & kFloatSign) >> 16;
  const std::uint32_t magnitude = bits & ~kFloatSign;
  std::uint32_t half = 0;
  if (magnitude > kFloatInfinity) {
    half = 0x7e00U;  // NaN stays NaN, quiet
  } else if (magnitude >= 0x47800000U) {
    half = 0x7c00U;  // 65536 and more
  } else if (magnitude >= 0x38800000U) {
    // From 2^-14 on the half is a normal number. Re-biases the exponent from 127 to 15. Rounding
    // may carry into infinity.
    half = RoundToEven(magnitude - 0x38000000U, 13);
  } else if (magnitude >= 0x33000000U) {
    // Subnormal halves are multiples of 2^-24, and 2^-25 is the tie that rounds to 0. Shifts the
    // significand by what the exponent lacks.
    const std::uint32_t shift = 126U - (magnitude >> 23);
    half = RoundToEven((magnitude & 0x7fffffU) | 0x800000U, shift);
  }
  return static_cast<std::uint16_t>(sign | half);
}

float HalfToFloat(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fU;
  const std::uint32_t fraction = bits & 0x3ffU;
  if (exponent == 0x1fU) return std::bit_cast<float>(sign | kFloatInfinity | (fraction << 13));
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  // 112 is the difference of the biases, 127 - 15.
  return std::bit_cast<float>(sign | ((exponent + 112U) << 23) | (fraction << 13));
}

std::uint16_t FloatToBfloat(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits & kFloatSign) >> 16;
  const std::uint32_t magnitude = bits & ~kFloatSign;
  // A NaN is replaced, because rounding could make it infinity or 0.
  const std::uint32_t rounded = magnitude > kFloatInfinity ? 0x7fc0U : RoundToEven(magnitude, 16);
  return static_cast<std::uint16_t>(sign | rounded);
}

float BfloatToFloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace moorage::model

#include "foundation/rows/row_layout.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace moorage::rows {

namespace {

using base::Code;
using base::Error;
using base::Result;

// Bounds the table of slots, which a few bytes of a shape could otherwise make as large as memory.
constexpr std::size_t kMaxFeatures = std::size_t{1} << 24;

constexpr Problem kNotABoolean = "not a boolean";
constexpr Problem kNumberForString = "a number where a string is expected";
constexpr Problem kBooleanForString = "a boolean where a string is expected";
constexpr Problem kStringForBoolean = "a string where a boolean is expected";
constexpr Problem kStringForNumber = "a string where a number is expected";
constexpr Problem kBooleanForNumber = "a boolean where a number is expected";
constexpr Problem kNotFinite = "not a finite number";
constexpr Problem kNotWhole = "not a whole number";
constexpr Problem kMissing = "null, and this model does not take missing values";
constexpr Problem kMissingTyped = "null, and only floating-point features can be missing";

// In the order of DataType.
constexpr std::array<Problem, 14> kOutOfRange = {
    "out of range for BOOL",   "out of range for UINT8",  "out of range for UINT16",
    "out of range for UINT32", "out of range for UINT64", "out of range for INT8",
    "out of range for INT16",  "out of range for INT32",  "out of range for INT64",
    "out of range for FP16",   "out of range for BF16",   "out of range for FP32",
    "out of range for FP64",   "out of range for BYTES"};

Problem OutOfRange(model::DataType type) { return kOutOfRange[static_cast<std::size_t>(type)]; }

// The largest finite value plus half a step, from which on |value| rounds to infinity.
constexpr double kFp32Overflow = 0x1.ffffffp+127;
constexpr double kBf16Overflow = 0x1.ffp+127;
constexpr double kFp16Overflow = 65520.0;

// The float next to `value` towards zero, with its last bit set if anything was cut off ("round to
// odd"). Rounding it again to a shorter format gives the same as rounding `value` once.
float RoundToOdd(double value) {
  const float nearest = static_cast<float>(value);
  const double back = nearest;
  // One less in the bits of a float is the next one towards zero, for either sign.
  if (back == value) return nearest;
  auto bits = std::bit_cast<std::uint32_t>(nearest);
  if (std::abs(back) > std::abs(value)) --bits;
  return std::bit_cast<float>(bits | 1U);
}

template <typename T>
void Put(const RowTarget::Input& input, std::uint32_t offset, T value) {
  std::memcpy(input.bytes + offset * sizeof(T), &value, sizeof(T));
}

// Stores a finite double that the floating type can hold after rounding.
Problem PutFloating(const RowTarget::Input& input, const FeatureSlot& slot, double value) {
  // Compared before the cast, which is undefined beyond the range. Infinity is refused, because the
  // client wrote a finite number.
  const double magnitude = std::abs(value);
  switch (slot.type) {
    case model::DataType::kFp64:
      Put(input, slot.offset, value);
      return nullptr;
    case model::DataType::kFp32:
      if (!(magnitude < kFp32Overflow)) return OutOfRange(slot.type);
      Put(input, slot.offset, static_cast<float>(value));
      return nullptr;
    case model::DataType::kFp16:
      if (!(magnitude < kFp16Overflow)) return OutOfRange(slot.type);
      Put(input, slot.offset, model::FloatToHalf(RoundToOdd(value)));
      return nullptr;
    case model::DataType::kBf16:
      if (!(magnitude < kBf16Overflow)) return OutOfRange(slot.type);
      Put(input, slot.offset, model::FloatToBfloat(RoundToOdd(value)));
      return nullptr;
    default:
      return kNotANumber;
  }
}

template <typename Target, typename Integer>
Problem PutInRange(const RowTarget::Input& input, const FeatureSlot& slot, Integer value) {
  if (!std::in_range<Target>(value)) return OutOfRange(slot.type);
  Put(input, slot.offset, static_cast<Target>(value));
  return nullptr;
}

template <typename Integer>
Problem PutInteger(const RowTarget::Input& input, const FeatureSlot& slot, Integer value) {
  switch (slot.type) {
    case model::DataType::kBool:
      return kNotABoolean;
    case model::DataType::kUint8:
      return PutInRange<std::uint8_t>(input, slot, value);
    case model::DataType::kUint16:
      return PutInRange<std::uint16_t>(input, slot, value);
    case model::DataType::kUint32:
      return PutInRange<std::uint32_t>(input, slot, value);
    case model::DataType::kUint64:
      return PutInRange<std::uint64_t>(input, slot, value);
    case model::DataType::kInt8:
      return PutInRange<std::int8_t>(input, slot, value);
    case model::DataType::kInt16:
      return PutInRange<std::int16_t>(input, slot, value);
    case model::DataType::kInt32:
      return PutInRange<std::int32_t>(input, slot, value);
    case model::DataType::kInt64:
      return PutInRange<std::int64_t>(input, slot, value);
    case model::DataType::kFp16:
    case model::DataType::kBf16:
    case model::DataType::kFp32:
    case model::DataType::kFp64:
      // By way of the nearest double, so that 16777217 and 16777217.0 are the same feature.
      return PutFloating(input, slot, static_cast<double>(value));
    case model::DataType::kBytes:
      return kNumberForString;
  }
  return kNotANumber;
}

// Why rows cannot fill this input, or nothing.
std::optional<std::string> NotARow(const model::TensorSpec& spec) {
  if (!spec.has_shape) return "the graph does not say its shape";
  if (spec.shape.empty()) return "it is a scalar, without a dimension for rows";
  if (spec.shape.size() == 1 && spec.shape[0] >= 0) {
    return "its shape " + model::FormatShape(spec.shape) + " has no dimension for rows";
  }
  if (spec.shape[0] == 0) return "its shape " + model::FormatShape(spec.shape) + " holds no rows";
  for (std::size_t i = 1; i < spec.shape.size(); ++i) {
    if (spec.shape[i] < 0) {
      return "its shape " + model::FormatShape(spec.shape) +
             " varies in more than the number of rows";
    }
    if (spec.shape[i] == 0)
      return "its shape " + model::FormatShape(spec.shape) + " has no elements";
  }
  return std::nullopt;
}

Error Unsupported(const model::TensorSpec& spec, const std::string& why) {
  return Error{Code::kUnsupported, "input '" + spec.name + "' cannot be filled from rows: " + why +
                                       "; this model takes tensors only"};
}

// Names of the features where the manifest gives none. A single feature has the name of its input.
// Other features are f0, f1, ... of a single input, or a_0, a_1, ... of input a among several.
std::vector<std::string> DefaultNames(const model::Signature& signature,
                                      const std::vector<std::size_t>& row_elements) {
  std::size_t required = 0;
  for (const std::size_t elements : row_elements) required += elements > 0 ? 1 : 0;
  std::vector<std::string> names;
  for (std::size_t input = 0; input < row_elements.size(); ++input) {
    const std::string& name = signature.inputs[input].name;
    if (row_elements[input] == 1) {
      names.push_back(name);
      continue;
    }
    const std::string prefix = required == 1 ? "f" : name + "_";
    for (std::size_t i = 0; i < row_elements[input]; ++i) {
      names.push_back(prefix + std::to_string(i));
    }
  }
  return names;
}

}  // namespace

std::optional<base::Remedy> RemedyOf(std::string_view problem) {
  // A file names a missing value by another word, so the end is compared.
  const std::string_view missing(kMissing);
  if (!problem.ends_with(missing.substr(missing.find(',')))) return std::nullopt;
  return base::Remedy{base::RemedyKind::kAllowMissing};
}

base::Status RowLayout::AddInputs(const model::Signature& signature) {
  std::optional<std::int64_t> rows;  // the first dimension that all inputs share
  std::size_t required = 0;
  // An input that has a default keeps 0 row elements, because the session fills it.
  for (const model::TensorSpec& spec : signature.inputs) {
    types_.push_back(spec.type);
    row_elements_.push_back(0);
    if (spec.optional) continue;
    ++required;
    if (const auto why = NotARow(spec)) return Unsupported(spec, *why);
    if (rows && *rows != spec.shape[0]) {
      return Unsupported(spec, "it and the inputs before it differ in their number of rows");
    }
    rows = spec.shape[0];
    const std::span<const std::int64_t> row = std::span(spec.shape).subspan(1);
    ASSIGN_OR_RETURN(const std::size_t elements, model::ElementCount(row));
    if (slots_.size() + elements > kMaxFeatures) {
      return Unsupported(spec, "a row has more than 2^24 elements");
    }
    row_elements_.back() = elements;
    const auto input = static_cast<std::uint32_t>(row_elements_.size() - 1);
    for (std::size_t i = 0; i < elements; ++i) {
      slots_.push_back({input, static_cast<std::uint32_t>(i), spec.type});
    }
    if (row.size() > 1) nested_shape_.assign(row.begin(), row.end());
  }
  if (required == 0) {
    return Error{Code::kUnsupported, "the model has no required input that rows could fill"};
  }
  if (!nested_shape_.empty() && required > 1) {
    return Error{
        Code::kUnsupported,
        "inputs of rank above 2 cannot be filled from rows beside other inputs; this model "
        "takes tensors only"};
  }
  all_fp32_ = required == 1 && slots_.front().type == model::DataType::kFp32;
  return {};
}

Result<RowLayout> RowLayout::Make(const model::Manifest& manifest) {
  RowLayout layout;
  layout.allow_missing_ = manifest.allow_missing;
  RETURN_IF_ERROR(layout.AddInputs(manifest.signature));
  // Nested arrays are read by position, so names and the table of names stay empty.
  if (!layout.nested_shape_.empty()) {
    if (manifest.features.empty()) return layout;
    return Error{Code::kInvalid,
                 "features: the elements of an input of rank above 2 have no names"};
  }
  layout.names_ = manifest.features.empty() ? DefaultNames(manifest.signature, layout.row_elements_)
                                            : manifest.features;
  if (layout.names_.size() != layout.slots_.size()) {
    return Error{Code::kInvalid, "features: " + std::to_string(layout.names_.size()) +
                                     " names, but one row of the model has " +
                                     std::to_string(layout.slots_.size()) + " features"};
  }
  layout.by_name_.reserve(layout.names_.size());
  for (std::size_t i = 0; i < layout.names_.size(); ++i) {
    if (!layout.by_name_.emplace(layout.names_[i], i).second) {
      return Error{Code::kInvalid, "features: the name '" + layout.names_[i] + "' comes twice"};
    }
  }
  return layout;
}

std::optional<std::size_t> RowLayout::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::size_t RowLayout::row_bytes(std::size_t input) const {
  return row_elements_[input] * model::ElementSize(types_[input]);
}

Problem RowLayout::StoreInteger(const RowTarget& row, std::size_t feature,
                                std::int64_t value) const {
  const FeatureSlot& slot = slots_[feature];
  return PutInteger(row.inputs[slot.input], slot, value);
}

Problem RowLayout::StoreUnsigned(const RowTarget& row, std::size_t feature,
                                 std::uint64_t value) const {
  const FeatureSlot& slot = slots_[feature];
  return PutInteger(row.inputs[slot.input], slot, value);
}

Problem RowLayout::StoreDouble(const RowTarget& row, std::size_t feature, double value) const {
  const FeatureSlot& slot = slots_[feature];
  const RowTarget::Input& input = row.inputs[slot.input];
  // A protocol may accept the words NaN and Infinity. A missing value is
  // written as null.
  if (!std::isfinite(value)) return kNotFinite;
  if (model::IsFloating(slot.type)) return PutFloating(input, slot, value);
  if (slot.type == model::DataType::kBool) return kNotABoolean;
  if (slot.type == model::DataType::kBytes) return kNumberForString;
  const double magnitude = std::abs(value);
  // The readers give whole numbers of 64 bits as integers where a double need not hold them. From
  // here on a double is a rounded fraction, or it is beyond 64 bits.
  if (magnitude >= 0x1p53) return magnitude < 0x1p63 ? kNotWhole : OutOfRange(slot.type);
  if (value != std::trunc(value)) return kNotWhole;
  return PutInteger(input, slot, static_cast<std::int64_t>(value));
}

Problem RowLayout::StoreBool(const RowTarget& row, std::size_t feature, bool value) const {
  const FeatureSlot& slot = slots_[feature];
  if (slot.type == model::DataType::kBytes) return kBooleanForString;
  if (slot.type != model::DataType::kBool) return kBooleanForNumber;
  Put<std::uint8_t>(row.inputs[slot.input], slot.offset, value ? 1 : 0);
  return nullptr;
}

Problem RowLayout::StoreString(const RowTarget& row, std::size_t feature,
                               std::string_view value) const {
  const FeatureSlot& slot = slots_[feature];
  if (slot.type == model::DataType::kBool) return kStringForBoolean;
  if (slot.type != model::DataType::kBytes) return kStringForNumber;
  row.inputs[slot.input].strings[slot.offset].assign(value);
  return nullptr;
}

Problem RowLayout::StoreNull(const RowTarget& row, std::size_t feature) const {
  const FeatureSlot& slot = slots_[feature];
  const RowTarget::Input& input = row.inputs[slot.input];
  if (!allow_missing_) return kMissing;
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  switch (slot.type) {
    case model::DataType::kFp16:
      Put(input, slot.offset, model::FloatToHalf(kNan));
      return nullptr;
    case model::DataType::kBf16:
      Put(input, slot.offset, model::FloatToBfloat(kNan));
      return nullptr;
    case model::DataType::kFp32:
      Put(input, slot.offset, kNan);
      return nullptr;
    case model::DataType::kFp64:
      Put(input, slot.offset, std::numeric_limits<double>::quiet_NaN());
      return nullptr;
    default:
      return kMissingTyped;
  }
}

}  // namespace moorage::rows

#include "domain/serving/servable/probe_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "foundation/rows/json_row.h"

namespace moorage::servable {
namespace {

using model::DataType;

// The kinds of made rows, in the order in which they are added again and again.
constexpr std::array kMadeKinds = {RowKind::kZeros,   RowKind::kOnes,  RowKind::kSmall,
                                   RowKind::kCounts,  RowKind::kMixed, RowKind::kOutlier,
                                   RowKind::kMissing, RowKind::kMixed, RowKind::kSmall,
                                   RowKind::kCounts,  RowKind::kMixed};
constexpr double kOutlierFactor = 1000;
constexpr std::size_t kMostGiven = 16;  // golden and reference rows

template <typename T>
void Put(std::byte* place, T value) {
  std::memcpy(place, &value, sizeof(T));
}

template <typename T>
void PutWhole(std::byte* place, double value) {
  constexpr double kLow = static_cast<double>(std::numeric_limits<T>::min());
  // The largest double that every integer type below 64 bits holds, and less than 2^63 for the
  // others.
  constexpr double kHigh =
      sizeof(T) < 8 ? static_cast<double>(std::numeric_limits<T>::max()) : 9e18;
  const double whole = std::isnan(value) ? 0 : std::round(value);
  Put<T>(place, static_cast<T>(std::clamp(whole, kLow, kHigh)));
}

void PutNumber(DataType type, std::byte* place, double value) {
  switch (type) {
    case DataType::kBool:
      return Put<std::uint8_t>(place, std::abs(value) >= 0.5 ? 1 : 0);
    case DataType::kUint8:
      return PutWhole<std::uint8_t>(place, value);
    case DataType::kUint16:
      return PutWhole<std::uint16_t>(place, value);
    case DataType::kUint32:
      return PutWhole<std::uint32_t>(place, value);
    case DataType::kUint64:
      return PutWhole<std::uint64_t>(place, value);
    case DataType::kInt8:
      return PutWhole<std::int8_t>(place, value);
    case DataType::kInt16:
      return PutWhole<std::int16_t>(place, value);
    case DataType::kInt32:
      return PutWhole<std::int32_t>(place, value);
    case DataType::kInt64:
      return PutWhole<std::int64_t>(place, value);
    case DataType::kFp16:
      return Put(place, model::FloatToHalf(static_cast<float>(value)));
    case DataType::kBf16:
      return Put(place, model::FloatToBfloat(static_cast<float>(value)));
    case DataType::kFp32:
      return Put(place, static_cast<float>(value));
    case DataType::kFp64:
      return Put(place, value);
    case DataType::kBytes:
      return;
  }
}

}  // namespace

std::string_view Name(RowKind kind) {
  constexpr std::array<std::string_view, 9> kNames = {
      "a golden request", "reference data", "zeros",         "ones",    "missing values",
      "mixed values",     "small numbers",  "whole numbers", "outliers"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::size_t RowBytesOf(const RowForm& form) {
  std::size_t bytes = 0;
  for (const RowForm::Input& input : form.inputs) {
    bytes += input.bytes != 0 ? input.bytes : input.elements * sizeof(std::string);
  }
  return bytes;
}

RowForm FormOf(const model::Signature& signature, std::int64_t inner) {
  RowForm form;
  for (const model::TensorSpec& spec : signature.inputs) {
    RowForm::Input input{.type = spec.type};
    if (!spec.optional) {
      input.elements = 1;
      for (std::size_t i = 0; i < spec.shape.size(); ++i) {
        const std::int64_t size = i == 0 ? 1 : (spec.shape[i] < 0 ? inner : spec.shape[i]);
        input.shape.push_back(size);
        input.elements *= static_cast<std::size_t>(size);
      }
      input.bytes = input.elements * model::ElementSize(spec.type);
    }
    form.inputs.push_back(std::move(input));
  }
  return form;
}

ProbeRows::ProbeRows(const model::Manifest& manifest, const rows::RowLayout& layout,
                     std::span<const json::Json> rows, std::size_t count)
    : allow_missing_(manifest.allow_missing), buffers_(RowForm::Of(manifest.signature, layout)) {
  const std::size_t most = std::min(kMostGiven, count);
  // Half of the places is for golden requests, because each states what the model must answer.
  for (const model::GoldenRequest& golden : manifest.golden) {
    if (kinds_.size() * 2 < most) AddJson(layout, golden.features, RowKind::kGolden);
  }
  for (const json::Json& row : rows) {
    if (kinds_.size() < most) AddJson(layout, row, RowKind::kReference);
  }
  given_ = kinds_.size();
  AddAll(count);
}

ProbeRows::ProbeRows(const model::Signature& signature, std::int64_t inner, std::size_t count)
    : buffers_(FormOf(signature, inner)) {
  AddAll(count);
}

std::size_t ProbeRows::elements() const {
  std::size_t elements = 0;
  for (const RowForm::Input& input : buffers_.form().inputs) elements += input.elements;
  return elements;
}

void ProbeRows::AddJson(const rows::RowLayout& layout, const json::Json& features, RowKind kind) {
  if (rows::StoreJsonRow(layout, buffers_.Add(), features, "row").ok()) {
    kinds_.push_back(kind);
  } else {
    buffers_.Truncate(kinds_.size());
  }
}

void ProbeRows::AddAll(std::size_t count) {
  for (std::size_t i = 0; kinds_.size() < count; ++i) {
    const RowKind kind = kMadeKinds[i % kMadeKinds.size()];
    // Zeros and ones never vary.
    const bool again =
        i >= kMadeKinds.size() && (kind == RowKind::kZeros || kind == RowKind::kOnes);
    const bool missing = kind == RowKind::kMissing && !allow_missing_;
    const bool alone = kind == RowKind::kMixed && given_ == 0;
    AddMade(again || missing || alone ? RowKind::kSmall : kind);
  }
}

void ProbeRows::AddMade(RowKind kind) {
  RowBuffers made(buffers_.form());
  const rows::RowTarget target = made.Add();
  if (kind == RowKind::kMixed) {
    Mix(target);
  } else {
    for (std::size_t i = 0; i < target.inputs.size(); ++i) {
      Fill(buffers_.form().inputs[i], target.inputs[i], kind);
    }
  }
  buffers_.Append(made, 0, 1);
  kinds_.push_back(kind);
}

void ProbeRows::Mix(const rows::RowTarget& target) {
  RowBuffers left(buffers_.form());
  RowBuffers right(buffers_.form());
  left.Append(buffers_, NextBits() % given_, 1);
  right.Append(buffers_, NextBits() % given_, 1);
  const auto lefts = left.Views(0, 1);
  const auto rights = right.Views(0, 1);
  for (std::size_t i = 0; i < target.inputs.size(); ++i) {
    const RowForm::Input& input = buffers_.form().inputs[i];
    for (std::size_t e = 0; e < input.elements; ++e) {
      const model::TensorView& chosen = NextBits() % 2 == 0 ? lefts[i] : rights[i];
      if (input.bytes == 0) {
        target.inputs[i].strings[e] = chosen.strings[e];
        continue;
      }
      const double given = model::NumberAt(chosen, e);
      // An integer may be a category, and its neighbour none.
      const double changed =
          model::IsFloating(input.type) ? given * (0.95 + 0.1 * NextFraction()) : given;
      PutNumber(input.type, target.inputs[i].bytes + e * model::ElementSize(input.type), changed);
    }
  }
}

void ProbeRows::Fill(const RowForm::Input& input, const rows::RowTarget::Input& place,
                     RowKind kind) {
  for (std::size_t e = 0; e < input.elements; ++e) {
    if (input.bytes == 0) {
      place.strings[e] = kind == RowKind::kZeros
                             ? std::string()
                             : "text-" + std::to_string(size()) + "-" + std::to_string(e);
      continue;
    }
    PutNumber(input.type, place.bytes + e * model::ElementSize(input.type),
              MadeNumber(kind, e, input.type));
  }
}

double ProbeRows::MadeNumber(RowKind kind, std::size_t element, DataType type) {
  const bool floating = model::IsFloating(type);
  switch (kind) {
    case RowKind::kZeros:
      return 0;
    case RowKind::kOnes:
      return 1;
    case RowKind::kCounts:
      return std::floor(10 * NextFraction());
    case RowKind::kMissing:
      if (floating && element % 2 == 0) return std::numeric_limits<double>::quiet_NaN();
      return NextFraction();
    case RowKind::kOutlier:
      // An integer is often an index, which must stay in the range of its table.
      if (!floating) return std::floor(100 * NextFraction());
      return kOutlierFactor * (2 * NextFraction() - 1);
    default:
      return 2 * NextFraction() - 1;
  }
}

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"). The rows of a
// model must be the same in every trial.
std::uint64_t ProbeRows::NextBits() {
  seed_ += 0x9E3779B97F4A7C15U;
  std::uint64_t bits = seed_;
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31U);
}

double ProbeRows::NextFraction() { return static_cast<double>(NextBits() >> 11U) * 0x1.0p-53; }

}  // namespace moorage::servable

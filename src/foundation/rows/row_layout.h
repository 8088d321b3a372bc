#pragma once

// Decides where each feature of a row lies, and what a scalar means there.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "foundation/base/remedy.h"
#include "foundation/base/result.h"
#include "foundation/model/manifest.h"

namespace moorage::rows {

// Why a scalar cannot be stored in a feature. A static sentence fragment for Detail::problem, for
// instance "out of range for UINT8". Null means that the scalar was stored.
using Problem = const char*;

inline constexpr Problem kNotANumber = "not a number";
inline constexpr Problem kNumberOutOfRange = "out of range for a number";
// Of a row whose features are arrays, as NumPy and pandas give a table of one row.
inline constexpr Problem kRowOfRows =
    "must be one row, and is an array of rows; POST /api/v2/predict takes several rows";

// What a caller can change about a problem of a feature. Nothing where the value itself is wrong.
std::optional<base::Remedy> RemedyOf(std::string_view problem);

// Where one feature of a row lies. `offset` is its element inside the row of input `input`.
struct FeatureSlot {
  std::uint32_t input = 0;
  std::uint32_t offset = 0;
  model::DataType type = model::DataType::kFp32;
};

// One row under construction, with the memory of its row for every input of the signature. The
// owner (a batch, a test, a CSV scorer) supplies it. Dense inputs use `bytes`, BYTES inputs use
// `strings`.
struct RowTarget {
  struct Input {
    std::byte* bytes = nullptr;      // row_bytes(input) bytes, aligned for the type
    std::string* strings = nullptr;  // row_elements(input) strings
  };
  std::span<const Input> inputs;
};

// How one row of features (an array in order, or an object by name) fills the inputs of a model.
// Built once for each version from its manifest. Every protocol, the CLI and validation store
// scalars through it, so a number means the same everywhere. Immutable, so any thread may use it.
class RowLayout {
 public:
  RowLayout(RowLayout&&) = default;
  RowLayout& operator=(RowLayout&&) = default;

  // Makes a layout if the required inputs share one first dimension, which counts rows, and their
  // other dimensions are fixed, as in [-1,30], [-1], [1,4] or [4,4]. A row is the shape without its
  // first dimension. Where that is fixed, the caller who runs the model pads, splits or refuses.
  //
  // kUnsupported for other inputs, because such a model takes tensors only. kInvalid if the feature
  // names of the manifest do not fit.
  //
  // Without names in the manifest a single feature has the name of its input. Other features are
  // f0, f1, ..., or a_0, a_1, ... of input a among several. Optional inputs have no features and 0
  // row elements.
  static base::Result<RowLayout> Make(const model::Manifest& manifest);

  std::size_t features() const { return slots_.size(); }
  std::span<const FeatureSlot> slots() const { return slots_; }
  // One for each feature, or empty where nested_shape() is not.
  const std::vector<std::string>& names() const { return names_; }
  std::optional<std::size_t> Find(std::string_view name) const;  // index of a feature

  std::size_t inputs() const { return row_elements_.size(); }
  std::size_t row_elements(std::size_t input) const { return row_elements_[input]; }
  std::size_t row_bytes(std::size_t input) const;  // 0 for BYTES
  model::DataType type(std::size_t input) const { return types_[input]; }
  // Dimensions of one row where nested arrays are expected (one input of rank > 2), else empty.
  std::span<const std::int64_t> nested_shape() const { return nested_shape_; }

  // True if every feature is FP32 in one dense input. Feature i is then the i-th float of the row,
  // so the hot path need not look up slots.
  bool all_fp32() const { return all_fp32_; }

  // Store one scalar. `feature` must be below features(), and `row` must have inputs() entries.
  // - Whole numbers of 64 bits arrive as int64 or uint64, other numbers as the nearest double.
  // Below
  //   2^53 whole numbers may arrive as either.
  // - A floating feature takes the nearest value, ties to even, of the number's nearest double. It
  //   must not overflow. That is what numpy's float32(text) gives.
  // - An integer feature takes whole numbers that it holds, however they are written (1, 1.0, 1e2).
  //   -0.0 is 0.
  // - Booleans go into BOOL only, strings into BYTES only, numbers into neither.
  // - A missing value is NaN, if the manifest allows missing values and the type is floating.
  Problem StoreInteger(const RowTarget& row, std::size_t feature, std::int64_t value) const;
  Problem StoreUnsigned(const RowTarget& row, std::size_t feature, std::uint64_t value) const;
  Problem StoreDouble(const RowTarget& row, std::size_t feature, double value) const;
  Problem StoreBool(const RowTarget& row, std::size_t feature, bool value) const;
  Problem StoreString(const RowTarget& row, std::size_t feature, std::string_view value) const;
  Problem StoreNull(const RowTarget& row, std::size_t feature) const;  // missing value

 private:
  RowLayout() = default;
  base::Status AddInputs(const model::Signature& signature);

  std::vector<FeatureSlot> slots_;
  std::vector<std::string> names_;
  std::unordered_map<std::string_view, std::size_t>
      by_name_;  // views into names_ (moves keep them)
  std::vector<std::size_t> row_elements_;
  std::vector<model::DataType> types_;
  std::vector<std::int64_t> nested_shape_;
  bool all_fp32_ = false;
  bool allow_missing_ = false;
};

}  // namespace moorage::rows

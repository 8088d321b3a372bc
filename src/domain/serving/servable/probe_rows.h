#pragma once

// Distinct rows for trial runs. They are golden requests and rows of reference data where there are
// any, mixtures and small changes of those, zeros, ones, small numbers, outliers and missing
// values. The same model always gets the same rows. One thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "domain/serving/servable/row_buffers.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"
#include "foundation/model/signature.h"
#include "foundation/rows/row_layout.h"

namespace moorage::servable {

enum class RowKind : std::uint8_t {
  kGolden,
  kReference,
  kZeros,
  kOnes,
  kMissing,  // NaN in every second feature, where the manifest allows missing values
  kMixed,    // each feature of one of two golden or reference rows, changed by up to 5 %
  kSmall,    // numbers between -1 and 1
  kCounts,   // whole numbers from 0 to 9
  kOutlier,  // numbers up to 1000 times as large as those of the other rows
};

// "zeros", as in "one row of zeros".
std::string_view Name(RowKind kind);

class ProbeRows {
 public:
  // The rows of a model whose inputs take them. `rows` are of reference data, each as `/predict`
  // takes it. Those that do not fit are left out. At most `count` rows are made.
  ProbeRows(const model::Manifest& manifest, const rows::RowLayout& layout,
            std::span<const json::Json> rows, std::size_t count);
  // The rows of a model that takes tensors only. A free dimension behind the first is `inner`.
  ProbeRows(const model::Signature& signature, std::int64_t inner, std::size_t count);

  RowBuffers& buffers() { return buffers_; }
  std::size_t size() const { return kinds_.size(); }
  RowKind kind(std::size_t row) const { return kinds_[row]; }
  // Elements of all inputs of one row.
  std::size_t elements() const;

 private:
  void AddJson(const rows::RowLayout& layout, const json::Json& features, RowKind kind);
  void AddMade(RowKind kind);
  void AddAll(std::size_t count);
  void Fill(const RowForm::Input& input, const rows::RowTarget::Input& place, RowKind kind);
  void Mix(const rows::RowTarget& target);
  double MadeNumber(RowKind kind, std::size_t element, model::DataType type);
  std::uint64_t NextBits();
  double NextFraction();  // in [0, 1)

  const bool allow_missing_ = false;
  RowBuffers buffers_;
  std::vector<RowKind> kinds_;
  std::size_t given_ = 0;  // golden and reference rows, which stand first
  std::uint64_t seed_ = 0x6D6F6F72;
};

// Bytes of one row of a form, as the rows above lie in memory.
std::size_t RowBytesOf(const RowForm& form);
// The form of ProbeRows(signature, inner, count).
RowForm FormOf(const model::Signature& signature, std::int64_t inner);

}  // namespace moorage::servable

#pragma once

// From JSON features to rows of a batch.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json_cursor.h"
#include "foundation/rows/row_layout.h"

namespace moorage::inference {

// The target of decoded rows, such as the open rows of a lane or a test's buffer.
class RowSink {
 public:
  virtual ~RowSink() = default;

  // The memory of one more row, untouched until the next call.
  virtual base::Result<rows::RowTarget> AddRow() = 0;
};

// Decodes the bodies of the simple endpoints straight into rows, in one pass over the text. It
// knows JSON and paths, while RowLayout knows what a scalar means. One object per reactor, because
// it keeps scratch memory between calls.
//
// An error names problems with their paths ("features[3]", "instances[2].mean radius"). The
// decoder stops at the sixteenth. Text that is not JSON is one problem with its byte.
//
// A large row is added only while the rest of the text can fill it, and none behind the first
// problem, so the memory of the rows is in proportion to the text.
class FeatureDecoder {
 public:
  // {"features": row}. A row is an array in order, nested arrays of the signature's shape, or an
  // object by feature name.
  base::Status DecodeOne(std::string_view body, const rows::RowLayout& layout, RowSink& sink);

  // {"instances": [row, ...]} or [row, ...], with at least one row.
  base::Status DecodeMany(std::string_view body, const rows::RowLayout& layout, RowSink& sink);

 private:
  struct Call;

  // Each reads one value and collects problems. False means that reading cannot go on.
  bool ReadRow(Call& call);
  bool ReadRows(Call& call);
  // Reads a row that has too little text left, to name what it lacks.
  bool CountRow(Call& call, json::JsonCursor::Type type);
  bool RefuseRow(Call& call);
  bool RefuseRows(Call& call);
  bool ReadArray(Call& call, const rows::RowTarget& row);
  bool ReadObject(Call& call, const rows::RowTarget& row);
  bool ReadNested(Call& call, const rows::RowTarget& row, std::size_t& next);
  base::Status Decode(std::string_view body, const rows::RowLayout& layout, RowSink& sink,
                      std::string_view member);
  base::Status Finish(Call& call);

  std::vector<std::uint64_t> seen_;   // a bit for each feature of the object being read
  std::vector<std::size_t> indices_;  // where in nested arrays the reading is
};

}  // namespace moorage::inference

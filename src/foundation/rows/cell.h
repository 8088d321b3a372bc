#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "foundation/rows/csv_reader.h"
#include "foundation/rows/row_layout.h"

// What a field of a CSV file means as a feature of a model: the same as the same text in a JSON
// request, for validation, for reference data and for batch prediction.
namespace moorage::rows {

// A field that is empty, NA, NaN, nan or null. For a string feature see StoreCell.
bool IsMissing(std::string_view text);

// The number that the whole field is, without blanks: an integer that 64 bits hold stays one,
// anything else with a point or an exponent is the nearest double. Or what is wrong with it, as it
// continues "'1e400' is ...": not a number, not finite, or out of range for a number.
using CellNumber = std::variant<std::int64_t, std::uint64_t, double, Problem>;
CellNumber ReadCellNumber(std::string_view text);

// true, True, 1; false, False, 0.
std::optional<bool> ReadCellBoolean(std::string_view text);

// Stores the field in a feature of the row. Says what is wrong, with the text where that helps:
// "'300' is out of range for UINT8"; empty if it was stored. In a string feature every text is
// itself, and an unquoted empty field is missing.
std::string StoreCell(const RowLayout& layout, const RowTarget& row, std::size_t feature,
                      const CsvField& field);

// The text in quotes, cut where it is long: for messages.
std::string ShownCell(std::string_view text);

}  // namespace moorage::rows

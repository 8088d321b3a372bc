#pragma once

// Reads a field of a CSV file as a feature of a model. It means the same as the same text in a JSON
// request. Pure functions, for validation, reference data and batch prediction.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "foundation/rows/csv_reader.h"
#include "foundation/rows/row_layout.h"

namespace moorage::rows {

// A field that is empty, NA, NaN, nan or null. For a string feature see StoreCell.
bool IsMissing(std::string_view text);

// The number that the whole field spells, without blanks. It is the same as in JSON. An integer
// within 64 bits stays one, and any other number becomes the nearest double. Leading zeros and a
// point without digits beside it are allowed. For other text it is the Problem that continues
// "'1e400' is ...".
using CellNumber = std::variant<std::int64_t, std::uint64_t, double, Problem>;
CellNumber ReadCellNumber(std::string_view text);

// True for "true", "True" and "1", false for "false", "False" and "0".
std::optional<bool> ReadCellBoolean(std::string_view text);

// Stores the field in a feature of the row. Returns an empty text if it was stored, else the
// problem ("'300' is out of range for UINT8"). In a string feature every text is itself, and an
// unquoted empty field is missing.
std::string StoreCell(const RowLayout& layout, const RowTarget& row, std::size_t feature,
                      const CsvField& field);

// The text in quotes for messages, cut where it is long.
std::string ShownCell(std::string_view text);

}  // namespace moorage::rows

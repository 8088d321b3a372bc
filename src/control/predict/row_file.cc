#include "control/predict/row_file.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "foundation/rows/cell.h"
#include "foundation/rows/row_memory.h"

namespace moorage::control {
namespace {

using base::Code;
using base::Error;
using base::Result;
using json::Json;

// The value as a JSON request has it. Its datatype is checked where all requests are checked.
Json ValueOf(const rows::CsvField& field, model::DataType type) {
  if (type == model::DataType::kBytes) {
    return field.text.empty() && !field.quoted ? Json(nullptr) : Json(std::string(field.text));
  }
  if (rows::IsMissing(field.text)) return nullptr;
  if (type == model::DataType::kBool) {
    // StoreCell has refused every text that is no boolean.
    return rows::ReadCellBoolean(field.text).value_or(false);
  }
  return std::visit([](const auto& number) { return Json(number); },
                    rows::ReadCellNumber(field.text));
}

// Elements [from, to) of a flat row as nested arrays of `shape`.
Json Nested(const Json& flat, std::span<const std::int64_t> shape, std::size_t from,
            std::size_t to) {
  if (shape.empty()) return flat[from];
  Json array = Json::array();
  const auto count = static_cast<std::size_t>(shape.front());
  const std::size_t step = count == 0 ? 0 : (to - from) / count;
  for (std::size_t i = 0; i < count; ++i) {
    array.push_back(Nested(flat, shape.subspan(1), from + i * step, from + (i + 1) * step));
  }
  return array;
}

Result<std::size_t> CountRows(std::string_view bytes) {
  ASSIGN_OR_RETURN(auto csv, rows::CsvReader::Open(bytes));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, csv.Next());
    if (!more) return csv.row();
  }
}

}  // namespace

Result<RowFile> RowFile::Open(std::string_view bytes, const model::Manifest& manifest) {
  ASSIGN_OR_RETURN(auto layout, rows::RowLayout::Make(manifest));
  ASSIGN_OR_RETURN(const std::size_t rows, CountRows(bytes));
  if (rows == 0) return Error{Code::kInvalid, "CSV: there are no rows below the header"};
  ASSIGN_OR_RETURN(auto csv, rows::CsvReader::Open(bytes));
  RowFile file(std::move(csv), std::move(layout));
  file.rows_ = rows;
  RETURN_IF_ERROR(file.AssignColumns());
  return file;
}

base::Status RowFile::AssignColumns() {
  const auto& header = csv_.header();
  // The elements of an input of rank above 2 have no names, so the columns are taken in their
  // order.
  if (!layout_.nested_shape().empty()) {
    if (header.size() != layout_.features()) {
      return Error{Code::kInvalid, "CSV: " + std::to_string(header.size()) +
                                       " columns, the model has " +
                                       std::to_string(layout_.features()) +
                                       " features (taken in order)" + csv_.SeparatorHint()};
    }
    for (std::size_t i = 0; i < header.size(); ++i) columns_.push_back(i);
    return {};
  }
  Error error{Code::kInvalid, ""};
  for (const std::string& name : layout_.names()) {
    const auto found = std::find(header.begin(), header.end(), name);
    // The index header.size() stands for a missing column. The message below looks for the first of
    // them.
    columns_.push_back(static_cast<std::size_t>(found - header.begin()));
    if (found == header.end()) error.details.push_back({"column '" + name + "'", "missing"});
  }
  if (error.details.empty()) return {};
  error.message =
      "CSV: the column '" +
      layout_.names()[static_cast<std::size_t>(
          std::find(columns_.begin(), columns_.end(), header.size()) - columns_.begin())] +
      "' is missing, a feature of the model";
  if (error.details.size() > 1) {
    error.message += ", and " + std::to_string(error.details.size() - 1) + " more";
  }
  error.message += csv_.SeparatorHint();
  return error;
}

Result<Json> RowFile::ReadRow() const {
  Json row = Json::array();
  const rows::RowMemory memory(layout_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t column = columns_[i];
    const rows::CsvField& field = csv_.fields()[column];
    // Judged here, where its place in the file is known. The call would name a row of its piece.
    const std::string problem = rows::StoreCell(layout_, memory.target(), i, field);
    if (!problem.empty()) {
      std::string place = csv_.PathOf(column);
      std::string message = place;
      message.append(": ").append(problem);
      return Error{.code = Code::kInvalid,
                   .message = std::move(message),
                   .details = {{std::move(place), problem}},
                   .remedy = rows::RemedyOf(problem)};
    }
    row.push_back(ValueOf(field, layout_.slots()[i].type));
  }
  if (layout_.nested_shape().empty()) return row;
  return Nested(row, layout_.nested_shape(), 0, row.size());
}

Result<Json> RowFile::Next(std::size_t count) {
  Json rows = Json::array();
  while (rows.size() < count) {
    ASSIGN_OR_RETURN(const bool more, csv_.Next());
    if (!more) break;
    ASSIGN_OR_RETURN(Json row, ReadRow());
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace moorage::control

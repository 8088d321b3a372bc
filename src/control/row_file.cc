#include "control/row_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace moorage::control {
namespace {

using base::Code;
using base::Error;
using base::Result;
using model::Json;

bool IsMissing(const evaluation::CsvField& field) {
  const std::string_view text = field.text;
  return text.empty() || text == "NA" || text == "NaN" || text == "nan" || text == "null";
}

template <typename Number>
std::optional<Number> ReadWhole(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

// Integers stay integers: what they mean for the datatype is judged where all requests are.
std::optional<Json> NumberOf(std::string_view text) {
  if (const auto value = ReadWhole<std::int64_t>(text)) return Json(*value);
  if (const auto value = ReadWhole<std::uint64_t>(text)) return Json(*value);
  const auto value = ReadWhole<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return Json(*value);
}

std::optional<Json> BooleanOf(std::string_view text) {
  if (text == "true" || text == "True" || text == "1") return Json(true);
  if (text == "false" || text == "False" || text == "0") return Json(false);
  return std::nullopt;
}

std::optional<Json> ValueOf(const evaluation::CsvField& field, model::DataType type) {
  if (type == model::DataType::kBytes) {
    if (field.text.empty() && !field.quoted) return Json(nullptr);
    return Json(std::string(field.text));
  }
  if (IsMissing(field)) return Json(nullptr);
  return type == model::DataType::kBool ? BooleanOf(field.text) : NumberOf(field.text);
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
  ASSIGN_OR_RETURN(auto csv, evaluation::CsvReader::Open(bytes));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, csv.Next());
    if (!more) return csv.row();
  }
}

}  // namespace

Result<RowFile> RowFile::Open(std::string_view bytes, const model::Manifest& manifest) {
  ASSIGN_OR_RETURN(auto layout, model::RowLayout::Make(manifest));
  ASSIGN_OR_RETURN(const std::size_t rows, CountRows(bytes));
  if (rows == 0) return Error{Code::kInvalid, "CSV: there are no rows below the header"};
  ASSIGN_OR_RETURN(auto csv, evaluation::CsvReader::Open(bytes));
  RowFile file(std::move(csv), std::move(layout));
  file.rows_ = rows;
  RETURN_IF_ERROR(file.AssignColumns());
  return file;
}

base::Status RowFile::AssignColumns() {
  const auto& header = csv_.header();
  if (!layout_.nested_shape().empty()) {
    if (header.size() != layout_.features()) {
      return Error{Code::kInvalid,
                   "CSV: " + std::to_string(header.size()) + " columns, the model has " +
                       std::to_string(layout_.features()) + " features (taken in order)"};
    }
    for (std::size_t i = 0; i < header.size(); ++i) columns_.push_back(i);
    return {};
  }
  Error error{Code::kInvalid, ""};
  for (const std::string& name : layout_.names()) {
    const auto found = std::find(header.begin(), header.end(), name);
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
  return error;
}

Result<Json> RowFile::ReadRow() const {
  Json row = Json::array();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t column = columns_[i];
    auto value = ValueOf(csv_.fields()[column], layout_.slots()[i].type);
    if (!value) {
      const bool boolean = layout_.slots()[i].type == model::DataType::kBool;
      const std::string problem = boolean ? "not a boolean" : "not a number";
      return Error{
          Code::kInvalid, csv_.PathOf(column) + ": " + problem, {{csv_.PathOf(column), problem}}};
    }
    row.push_back(*std::move(value));
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

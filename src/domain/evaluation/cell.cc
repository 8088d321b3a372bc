#include "domain/evaluation/cell.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

#include "foundation/base/parse_number.h"

namespace moorage::evaluation {
namespace {

constexpr std::size_t kShownCharacters = 40;
constexpr model::Problem kNotANumber = "not a number";
constexpr model::Problem kOutOfRange = "out of range for a number";

bool IsIntegerText(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

CellNumber ReadDouble(std::string_view text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc::invalid_argument || read.ptr != text.data() + text.size()) {
    return kNotANumber;
  }
  if (read.ec == std::errc::result_out_of_range) {
    // Too small is 0, as in JSON; only the C library says which of the two it is.
    number = std::strtod(std::string(text).c_str(), nullptr);
    return std::isinf(number) ? CellNumber(kOutOfRange) : CellNumber(number);
  }
  return std::isfinite(number) ? CellNumber(number) : CellNumber("not a finite number");
}

// Stores whatever alternative the number is.
struct NumberStore {
  const model::RowLayout& layout;
  const model::RowTarget& row;
  std::size_t feature;

  model::Problem operator()(std::int64_t value) const {
    return layout.StoreInteger(row, feature, value);
  }
  model::Problem operator()(std::uint64_t value) const {
    return layout.StoreUnsigned(row, feature, value);
  }
  model::Problem operator()(double value) const { return layout.StoreDouble(row, feature, value); }
  model::Problem operator()(model::Problem problem) const { return problem; }
};

model::Problem StoreValue(const model::RowLayout& layout, const model::RowTarget& row,
                          std::size_t feature, std::string_view text) {
  const model::DataType type = layout.slots()[feature].type;
  if (type == model::DataType::kBytes) return layout.StoreString(row, feature, text);
  if (type != model::DataType::kBool) {
    return std::visit(NumberStore{layout, row, feature}, ReadCellNumber(text));
  }
  const auto value = ReadCellBoolean(text);
  return value ? layout.StoreBool(row, feature, *value) : "not a boolean (true, false, 1 or 0)";
}

}  // namespace

bool IsMissing(std::string_view text) {
  return text.empty() || text == "NA" || text == "NaN" || text == "nan" || text == "null";
}

CellNumber ReadCellNumber(std::string_view text) {
  if (!IsIntegerText(text)) return ReadDouble(text);
  if (const auto value = base::ParseNumber<std::int64_t>(text)) return *value;
  if (const auto value = base::ParseNumber<std::uint64_t>(text)) return *value;
  return kOutOfRange;
}

std::optional<bool> ReadCellBoolean(std::string_view text) {
  if (text == "true" || text == "True" || text == "1") return true;
  if (text == "false" || text == "False" || text == "0") return false;
  return std::nullopt;
}

std::string StoreCell(const model::RowLayout& layout, const model::RowTarget& row,
                      std::size_t feature, const CsvField& field) {
  const bool text = layout.slots()[feature].type == model::DataType::kBytes;
  if (text ? field.text.empty() && !field.quoted : IsMissing(field.text)) {
    const model::Problem problem = layout.StoreNull(row, feature);
    // JSON's word for it is null, a file's is an empty field.
    constexpr std::string_view kNull = "null";
    return problem == nullptr ? "" : "missing" + std::string(problem).substr(kNull.size());
  }
  const model::Problem problem = StoreValue(layout, row, feature, field.text);
  return problem == nullptr ? "" : ShownCell(field.text) + " is " + problem;
}

std::string ShownCell(std::string_view text) {
  std::string shown = "'" + std::string(text.substr(0, kShownCharacters));
  return shown + (text.size() > kShownCharacters ? "...'" : "'");
}

}  // namespace moorage::evaluation

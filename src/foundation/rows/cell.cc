#include "foundation/rows/cell.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

#include "foundation/base/ascii.h"
#include "foundation/json/json_number.h"

namespace moorage::rows {
namespace {

constexpr std::size_t kShownCharacters = 40;

// Reads what is a number in a file and not in JSON, such as ".5".
CellNumber ReadDouble(std::string_view text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc::invalid_argument || read.ptr != text.data() + text.size()) {
    return kNotANumber;
  }
  if (read.ec == std::errc::result_out_of_range) {
    // A number that is too small is 0, as in JSON. Only the C library distinguishes it from one
    // that is too large.
    number = std::strtod(std::string(text).c_str(), nullptr);
    return std::isinf(number) ? CellNumber(kNumberOutOfRange) : CellNumber(number);
  }
  // std::from_chars also reads inf and nan, which JSON does not have.
  return std::isfinite(number) ? CellNumber(number) : CellNumber("not a finite number");
}

// Stores whatever alternative the number is.
struct NumberStore {
  const RowLayout& layout;
  const RowTarget& row;
  std::size_t feature;

  Problem operator()(std::int64_t value) const { return layout.StoreInteger(row, feature, value); }
  Problem operator()(std::uint64_t value) const {
    return layout.StoreUnsigned(row, feature, value);
  }
  Problem operator()(double value) const { return layout.StoreDouble(row, feature, value); }
  Problem operator()(Problem problem) const { return problem; }
};

Problem StoreValue(const RowLayout& layout, const RowTarget& row, std::size_t feature,
                   std::string_view text) {
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
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  std::size_t zeros = 0;
  while (sign + zeros + 1 < text.size() && text[sign + zeros] == '0' &&
         base::IsDigit(text[sign + zeros + 1])) {
    ++zeros;
  }
  // Files pad numbers with zeros, which JSON does not allow.
  if (zeros > 0) {
    return ReadCellNumber(std::string(text.substr(0, sign)).append(text.substr(sign + zeros)));
  }
  const json::ScannedNumber scanned = json::ScanNumber(text, json::NonFiniteWords::kRefuse);
  if (scanned.problem != nullptr || scanned.end != text.data() + text.size()) {
    return ReadDouble(text);
  }
  switch (scanned.number.kind) {
    case json::JsonNumber::Kind::kInteger:
      return scanned.number.integer;
    case json::JsonNumber::Kind::kUnsigned:
      return scanned.number.unsigned_integer;
    case json::JsonNumber::Kind::kDouble:
      return scanned.number.real;
    case json::JsonNumber::Kind::kTooLarge:
      break;
  }
  return kNumberOutOfRange;
}

std::optional<bool> ReadCellBoolean(std::string_view text) {
  if (text == "true" || text == "True" || text == "1") return true;
  if (text == "false" || text == "False" || text == "0") return false;
  return std::nullopt;
}

std::string StoreCell(const RowLayout& layout, const RowTarget& row, std::size_t feature,
                      const CsvField& field) {
  const bool text = layout.slots()[feature].type == model::DataType::kBytes;
  if (text ? field.text.empty() && !field.quoted : IsMissing(field.text)) {
    const Problem problem = layout.StoreNull(row, feature);
    // JSON's word for it is null, a file's is an empty field.
    constexpr std::string_view kNull = "null";
    return problem == nullptr ? "" : "missing" + std::string(problem).substr(kNull.size());
  }
  const Problem problem = StoreValue(layout, row, feature, field.text);
  return problem == nullptr ? "" : ShownCell(field.text) + " is " + problem;
}

std::string ShownCell(std::string_view text) {
  return "'" + base::Excerpt(text, kShownCharacters) + "'";
}

}  // namespace moorage::rows

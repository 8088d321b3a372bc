#include "foundation/rows/csv_reader.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "foundation/rows/foreign_table.h"

namespace moorage::rows {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool StartsUtf16(std::string_view bytes) {
  return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
}

// Length of the well-formed UTF-8 sequence at the front of `text`, or 0 if there is none. RFC 3629
// has no overlong forms, no surrogates and nothing above U+10FFFF.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) && continues(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

// What is wrong with the characters of a field, or null if nothing is.
const char* BadCharacter(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (text[i] == '\0') return "contains a NUL byte";
    const std::size_t length = SequenceLength(text.substr(i));
    if (length == 0) return "is not valid UTF-8";
    i += length;
  }
  return nullptr;
}

std::size_t CountLineEnds(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (text[i] == '\n' || (text[i] == '\r' && !pair)) ++count;
  }
  return count;
}

std::string Counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

std::string RowPath(std::size_t row) { return "row " + std::to_string(row); }

std::string CellPath(std::size_t row, std::string_view column) {
  return RowPath(row) + ", column '" + std::string(column) + "'";
}

base::Result<CsvReader> CsvReader::Open(std::string_view bytes, const CsvLimits& limits) {
  CsvReader reader(bytes, limits);
  RETURN_IF_ERROR(reader.CheckEncoding());
  RETURN_IF_ERROR(reader.ReadHeader());
  return reader;
}

base::Status CsvReader::CheckEncoding() {
  if (rest_.size() > limits_.bytes) {
    return base::Error{base::Code::kExhausted, "CSV: " + Counted(rest_.size(), "byte") +
                                                   " are more than the limit of " +
                                                   std::to_string(limits_.bytes)};
  }
  // Spreadsheets save "Unicode text" in this form. An error about its NUL bytes would not help.
  if (StartsUtf16(rest_)) {
    return base::Error{base::Code::kInvalid, "CSV: the file is UTF-16; save it as UTF-8"};
  }
  if (const auto foreign = DescribeForeignTable(rest_)) {
    return base::Error{base::Code::kInvalid, "CSV: the file is " + *foreign};
  }
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  return {};
}

base::Status CsvReader::ReadHeader() {
  ASSIGN_OR_RETURN(const bool found, ReadRecord());
  if (!found) return base::Error{base::Code::kInvalid, "CSV: the file is empty: no header"};
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const std::string path = "header, column " + std::to_string(i + 1);
    if (fields_[i].text.empty()) {
      return Problem(line_, path, "has no name (if it is a data frame's index, save it without)");
    }
    const auto [first, inserted] = seen.emplace(fields_[i].text, i);
    if (!inserted) {
      return Problem(line_, path,
                     "is named '" + std::string(fields_[i].text) + "' like column " +
                         std::to_string(first->second + 1));
    }
  }
  header_.reserve(fields_.size());
  for (const CsvField& field : fields_) header_.emplace_back(field.text);
  return {};
}

std::string CsvReader::SeparatorHint() const {
  // Spreadsheets export semicolons in countries with a decimal comma.
  const bool other = header_.size() == 1 && header_[0].find_first_of(";\t|") != std::string::npos;
  return other ? "; the header has one column: separate columns by commas" : "";
}

base::Result<bool> CsvReader::Next() {
  // Counts first, because ReadRecord() names the row in its errors.
  ++row_;
  auto found = ReadRecord();
  // Where the next row begins is not known after an error, so there is none.
  if (!found.ok()) rest_ = {};
  if (!found.ok() || !*found) {
    --row_;
    return found;
  }
  if (fields_.size() != header_.size()) {
    rest_ = {};
    return Problem(line_, RowPath(row_),
                   "has " + Counted(fields_.size(), "field") + " where the header has " +
                       std::to_string(header_.size()) + SeparatorHint());
  }
  return true;
}

base::Result<bool> CsvReader::ReadRecord() {
  fields_.clear();
  while (!rest_.empty() && (rest_.front() == '\n' || rest_.front() == '\r')) SkipLineEnd();
  line_ = next_line_;
  if (rest_.empty()) return false;
  while (true) {
    if (fields_.size() == limits_.columns)
      return Exhausted(line_, "is beyond the limit of columns");
    auto field = !rest_.empty() && rest_.front() == '"' ? ReadQuoted() : ReadField();
    if (!field.ok()) return std::move(field).error();
    fields_.push_back(*field);
    // Behind a field stands a comma, the end of the line, or nothing. A comma at the end of the
    // text begins one more field, which is empty.
    if (rest_.empty()) return true;
    if (rest_.front() != ',') break;
    rest_.remove_prefix(1);
  }
  SkipLineEnd();
  return true;
}

base::Result<CsvField> CsvReader::ReadField() {
  std::size_t end = 0;
  bool quote = false;
  for (; end < rest_.size(); ++end) {
    const char c = rest_[end];
    if (c == ',' || c == '\n' || c == '\r') break;
    if (c == '"') quote = true;
  }
  const std::string_view text = rest_.substr(0, end);
  // Refused, because programs disagree about what such a quote means (RFC 4180 section 2, rule 5).
  if (quote) {
    return Problem(next_line_, Here(),
                   "has a quote inside an unquoted field; quote the field and double the quote");
  }
  if (text.size() > limits_.field_bytes) {
    return Exhausted(next_line_, "is longer than the limit of a field");
  }
  if (const char* bad = BadCharacter(text)) return Problem(next_line_, Here(), bad);
  rest_.remove_prefix(end);
  return CsvField{.text = text, .quoted = false};
}

base::Result<CsvField> CsvReader::ReadQuoted() {
  // Finds the first quote that is not doubled (RFC 4180 section 2, rule 7).
  const std::string_view all = rest_.substr(1);
  std::size_t end = all.find('"');
  bool doubled = false;
  while (end != std::string_view::npos && end + 1 < all.size() && all[end + 1] == '"') {
    doubled = true;
    end = all.find('"', end + 2);
  }
  if (end == std::string_view::npos) {
    return Problem(next_line_, Here(), "begins with a quote that is never closed");
  }
  std::string_view text = all.substr(0, end);
  if (text.size() > limits_.field_bytes) {
    return Exhausted(next_line_, "is longer than the limit of a field");
  }
  if (const char* bad = BadCharacter(text)) return Problem(next_line_, Here(), bad);
  rest_ = all.substr(end + 1);
  const std::size_t began = next_line_;
  next_line_ += CountLineEnds(text);
  if (!rest_.empty() && rest_.front() != ',' && rest_.front() != '\r' && rest_.front() != '\n') {
    return Problem(began, Here(), "goes on after its closing quote");
  }
  // A field without doubled quotes is a view of the file. The others have one text for each column,
  // whose memory the next row uses again.
  if (doubled) {
    const std::size_t column = fields_.size();
    while (unescaped_.size() <= column) unescaped_.emplace_back();
    std::string& plain = unescaped_[column];
    plain.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
      plain += text[i];
      if (text[i] == '"') ++i;
    }
    text = plain;
  }
  return CsvField{.text = text, .quoted = true};
}

void CsvReader::SkipLineEnd() {
  rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
  ++next_line_;
}

base::Error CsvReader::Problem(std::size_t line, const std::string& path,
                               const std::string& problem) const {
  return {base::Code::kInvalid,
          "CSV line " + std::to_string(line) + ": " + path + " " + problem,
          {{path, problem + " (line " + std::to_string(line) + ")"}}};
}

base::Error CsvReader::Exhausted(std::size_t line, const std::string& problem) const {
  base::Error error = Problem(line, Here(), problem);
  error.code = base::Code::kExhausted;
  return error;
}

std::string CsvReader::Here() const {
  const std::size_t column = fields_.size();
  if (header_.empty()) return "header, column " + std::to_string(column + 1);
  if (column < header_.size()) return CellPath(row_, header_[column]);
  return RowPath(row_) + ", column " + std::to_string(column + 1);
}

std::string CsvReader::PathOf(std::size_t column) const { return CellPath(row_, header_[column]); }

}  // namespace moorage::rows

#pragma once

// Reads CSV files row by row.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"

namespace moorage::rows {

// One field of a row. The caller may use `quoted` to distinguish an empty text from a missing
// value.
struct CsvField {
  std::string_view text;  // without its quotes, "" inside them undone
  bool quoted = false;
};

struct CsvLimits {
  std::uint64_t bytes = std::uint64_t{1} << 30;
  std::size_t columns = 100'000;
  std::size_t field_bytes = std::size_t{16} << 20;
};

// Reads comma-separated values (RFC 4180) with a header, one row at a time, out of bytes that
// outlive it. It is strict where a guess would put a value into the wrong column. For one thread.
// - Files of other kinds are refused by their name (foreign_table.h).
// - The text is UTF-8 without NUL. A byte order mark at its start is skipped.
// - A row ends with CRLF, LF or a lone CR, which inside quotes are text. The last row needs no end.
// - A field is quoted as a whole or not at all. A quote inside quotes is doubled. Blanks belong to
// fields.
// - Names in the header are unique and not empty. Every row has as many fields as the header.
// - Lines without a character are skipped. A row with one empty field is written "".
//
// Errors are kInvalid (kExhausted past a limit). The message names the line of the file, counted
// from 1. The path of the one detail is "row 12, column 'mean radius'", counted from 1 below the
// header. After an error or the end there is nothing more to read.
class CsvReader {
 public:
  static base::Result<CsvReader> Open(std::string_view bytes, const CsvLimits& limits = {});

  const std::vector<std::string>& header() const { return header_; }

  // What to say where columns are missing of a header that other separators seem to divide. It
  // begins with "; ", or is empty.
  std::string SeparatorHint() const;

  // Reads the next row. False at the end.
  base::Result<bool> Next();

  // Of the row that Next() has read, valid until the next call.
  std::span<const CsvField> fields() const { return fields_; }
  std::size_t row() const { return row_; }    // from 1, and 0 before the first Next()
  std::size_t line() const { return line_; }  // where the row begins

  // "row 12, column 'mean radius'"
  std::string PathOf(std::size_t column) const;

 private:
  CsvReader(std::string_view bytes, const CsvLimits& limits) : rest_(bytes), limits_(limits) {}

  base::Status CheckEncoding();
  base::Status ReadHeader();
  // Reads one line's fields into fields_. False at the end.
  base::Result<bool> ReadRecord();
  base::Result<CsvField> ReadField();
  base::Result<CsvField> ReadQuoted();
  void SkipLineEnd();
  base::Error Problem(std::size_t line, const std::string& path, const std::string& problem) const;
  base::Error Exhausted(std::size_t line, const std::string& problem) const;
  std::string Here() const;  // the path of the field being read

  std::string_view rest_;  // what is not read yet
  CsvLimits limits_;
  std::vector<std::string> header_;
  std::vector<CsvField> fields_;
  std::deque<std::string>
      unescaped_;  // owns the texts that had doubled quotes, and never moves them
  std::size_t row_ = 0;
  std::size_t line_ = 1;       // of the current row
  std::size_t next_line_ = 1;  // of rest_
};

// "row 12". Every message names a data row in this way, counted from 1.
std::string RowPath(std::size_t row);
// "row 12, column 'mean radius'"
std::string CellPath(std::size_t row, std::string_view column);

}  // namespace moorage::rows

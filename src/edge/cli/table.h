#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace moorage::cli {

enum class Align : unsigned char { kLeft, kRight };

// Columns of a terminal; nothing where lines may be of any length.
using Width = std::optional<std::size_t>;

// Columns that line up, for people. The last column is not padded; text is counted in characters,
// not bytes. A cell is one line: its line breaks and tabs become blanks.
class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Each line ends with a newline; the titles in capitals first. No line is longer than `width`:
  // the widest columns of text give way, and end in an ellipsis where they do.
  std::string ToText(Width width = {}) const;

 private:
  std::vector<std::size_t> Widths(Width width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Characters on a terminal, taking each code point for one and a colour ("ESC [ ... m") for none.
std::size_t DisplayWidth(std::string_view utf8);
// The text, or as much of it as fits before an ellipsis; colours stay as they are. `width` > 0.
std::string Shortened(std::string_view utf8, std::size_t width);

}  // namespace moorage::cli

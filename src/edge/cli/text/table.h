#pragma once

// Tables for people.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace moorage::cli_text {

enum class Align : unsigned char { kLeft, kRight };

// Columns of a terminal. Unset where lines may be of any length.
using Width = std::optional<std::size_t>;

// Lines up columns. The last column is not padded. Text is counted in characters, not bytes. Line
// breaks and tabs in a cell become blanks.
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

  // Each line ends with a newline. The first line has the titles in capitals. No line is longer
  // than `width`, because the widest columns of text are shortened. A shortened cell ends in an
  // ellipsis.
  std::string ToText(Width width = {}) const;

 private:
  std::vector<std::size_t> Widths(Width width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Characters on a terminal, taking each code point for one and a colour ("ESC [ ... m") for none.
std::size_t DisplayWidth(std::string_view utf8);
// The text, or as much of it as fits before an ellipsis. Colours stay as they are. `width` > 0.
std::string Shortened(std::string_view utf8, std::size_t width);

}  // namespace moorage::cli_text

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace moorage::cli {

enum class Align : unsigned char { kLeft, kRight };

// Columns that line up, for people. The last column is not padded; text is counted in characters,
// not bytes.
class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  // Each line ends with a newline; the titles in capitals first.
  std::string ToText() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Characters on a terminal, taking each code point for one and a colour ("ESC [ ... m") for none.
std::size_t DisplayWidth(std::string_view utf8);

}  // namespace moorage::cli

#include "edge/cli/table.h"

#include <algorithm>

namespace moorage::cli {

std::size_t DisplayWidth(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (utf8[i] == '\033') {
      i = std::min(utf8.find('m', i), utf8.size());
    } else if ((static_cast<unsigned char>(utf8[i]) & 0xC0U) != 0x80) {
      ++width;
    }
  }
  return width;
}

std::string Table::ToText() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i]));
    widths.push_back(width);
  }
  std::string text;
  const auto line = [&](const auto& cell_of) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_of(i);
      const std::string gap(widths[i] - DisplayWidth(cell), ' ');
      const bool last = i + 1 == columns_.size();
      if (columns_[i].align == Align::kRight) text += gap + cell;
      if (columns_[i].align == Align::kLeft) text += last ? cell : cell + gap;
      if (!last) text += "  ";
    }
    text += '\n';
  };
  line([this](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_) {
    line([&row](std::size_t i) -> const std::string& { return row[i]; });
  }
  return text;
}

}  // namespace moorage::cli

#include "edge/cli/text/table.h"

#include <algorithm>

namespace moorage::cli_text {

namespace {

constexpr std::size_t kGap = 2;  // blanks between columns

}  // namespace

std::size_t DisplayWidth(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (utf8[i] == '\033') {
      i = std::min(utf8.find('m', i), utf8.size());
      // 10xxxxxx continues a code point of UTF-8 (RFC 3629).
    } else if ((static_cast<unsigned char>(utf8[i]) & 0xC0U) != 0x80) {
      ++width;
    }
  }
  return width;
}

std::string Shortened(std::string_view utf8, std::size_t width) {
  if (DisplayWidth(utf8) <= width) return std::string(utf8);
  constexpr std::string_view kEllipsis = "…";
  std::string text;
  std::size_t shown = 0;  // characters that have begun
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    // A colour is kept even behind the cut, or the rest of the terminal would have it.
    if (utf8[i] == '\033') {
      const std::size_t end = std::min(utf8.find('m', i), utf8.size() - 1);
      text += utf8.substr(i, end - i + 1);
      i = end;
      continue;
    }
    if ((static_cast<unsigned char>(utf8[i]) & 0xC0U) != 0x80 && ++shown == width) {
      if (!text.ends_with(kEllipsis)) text += kEllipsis;
    }
    if (shown < width) text += utf8[i];
  }
  return text;
}

void Table::Add(std::vector<std::string> cells) {
  for (std::string& cell : cells) {
    std::replace_if(
        cell.begin(), cell.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  }
  rows_.push_back(std::move(cells));
}

// A greedy search. The widest column of text gives up one character at a time, until the line fits
// or every column of text is at its narrowest. Numbers are never shortened, because a part of a
// number is a wrong number.
std::vector<std::size_t> Table::Widths(Width width) const {
  constexpr std::size_t kNarrowest = 8;
  std::vector<std::size_t> widths;
  std::size_t total = kGap * (columns_.size() - 1);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, DisplayWidth(row[i]));
    widths.push_back(widest);
    total += widest;
  }
  while (width && total > *width) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (columns_[i].align != Align::kLeft || widths[i] <= kNarrowest) continue;
      if (widest == nullptr || widths[i] > *widest) widest = &widths[i];
    }
    if (widest == nullptr) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string Table::ToText(Width width) const {
  const std::vector<std::size_t> widths = Widths(width);
  std::string text;
  const auto add_line = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string cell = Shortened(cell_of(i), std::max<std::size_t>(widths[i], 1));
      const std::string padding(widths[i] - std::min(widths[i], DisplayWidth(cell)), ' ');
      const bool last = i + 1 == columns_.size();
      if (columns_[i].align == Align::kRight) line += padding + cell;
      if (columns_[i].align == Align::kLeft) line += last ? cell : cell + padding;
      if (!last) line.append(kGap, ' ');
    }
    // Columns at their narrowest may still be wider than the terminal.
    text += (width ? Shortened(line, std::max<std::size_t>(*width, 1)) : line) + '\n';
  };
  add_line([this](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_) {
    add_line([&row](std::size_t i) -> const std::string& { return row[i]; });
  }
  return text;
}

}  // namespace moorage::cli_text

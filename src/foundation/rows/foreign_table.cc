#include "foundation/rows/foreign_table.h"

#include <array>

namespace moorage::rows {
namespace {

using std::string_view_literals::operator""sv;

struct TableMagic {
  std::string_view bytes;
  std::string_view what;
};

constexpr std::string_view kWorkbook = ": save the sheet as CSV (UTF-8, separated by commas)";
constexpr std::string_view kFrame = ": write the table with to_csv(..., index=False)";

constexpr std::array kTableMagics = {
    TableMagic{"\x1F\x8B"sv, "compressed (gzip): decompress it first"},
    TableMagic{"BZh91AY"sv, "compressed (bzip2): decompress it first"},
    TableMagic{"\xFD\x37zXZ\0"sv, "compressed (xz): decompress it first"},
    TableMagic{"\x28\xB5\x2F\xFD"sv, "compressed (zstd): decompress it first"},
    TableMagic{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv,
               "an old Excel workbook (.xls): save the sheet as CSV (UTF-8, separated by commas)"},
};

constexpr std::array kFrameMagics = {
    TableMagic{"PAR1"sv, "a Parquet file"},
    TableMagic{"ARROW1"sv, "an Arrow or Feather file"},
    TableMagic{"FEA1"sv, "a Feather file"},
    TableMagic{"ORC\x0A"sv, "an ORC file"},
    TableMagic{"\x89HDF\r\n\x1A\n"sv, "an HDF5 file"},
    TableMagic{"\x93NUMPY"sv, "a NumPy array (.npy)"},
    TableMagic{"SQLite format 3\0"sv, "an SQLite database"},
    TableMagic{"\x80\x03"sv, "a Python pickle"},
    TableMagic{"\x80\x04"sv, "a Python pickle"},
    TableMagic{"\x80\x05"sv, "a Python pickle"},
};

std::string DescribeArchive(std::string_view bytes) {
  // The name of each entry stands in front of its data.
  const std::string_view head = bytes.substr(0, 65536);
  const auto holds = [head](std::string_view name) {
    return head.find(name) != std::string_view::npos;
  };
  if (holds("xl/") || holds("[Content_Types].xml")) {
    return "an Excel workbook (.xlsx)" + std::string(kWorkbook);
  }
  if (holds("application/vnd.oasis")) {
    return "a workbook of LibreOffice (.ods)" + std::string(kWorkbook);
  }
  if (holds(".npy")) return "a NumPy archive (.npz)" + std::string(kFrame);
  return "a zip archive: unpack it, and give the CSV file inside";
}

std::optional<std::string> DescribeText(std::string_view bytes) {
  const std::size_t start = bytes.find_first_not_of(" \t\r\n");
  const std::string_view text = start == std::string_view::npos ? "" : bytes.substr(start, 32);
  if (text.starts_with("{\"") || text.starts_with("[{") || text.starts_with("[[")) {
    return "JSON: write the rows as CSV with a header";
  }
  if (text.starts_with("<!") || text.starts_with("<html") || text.starts_with("<?xml")) {
    return "HTML or XML (a web page instead of a download?), and no CSV";
  }
  if (text.starts_with("version https://git-lfs")) {
    return "a Git LFS pointer and not the data itself: fetch the file with git lfs pull";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> DescribeForeignTable(std::string_view bytes) {
  for (const TableMagic& magic : kTableMagics) {
    if (bytes.starts_with(magic.bytes)) return std::string(magic.what);
  }
  for (const TableMagic& magic : kFrameMagics) {
    if (bytes.starts_with(magic.bytes)) return std::string(magic.what) + std::string(kFrame);
  }
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) {
    return DescribeArchive(bytes);
  }
  return DescribeText(bytes);
}

}  // namespace moorage::rows

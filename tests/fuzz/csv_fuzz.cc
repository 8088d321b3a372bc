// Any bytes as a CSV file: never a crash, never a row that is not as wide as the header, and what
// was read means the same when it is written again with every field quoted. Then the same bytes as
// a data set of a model with features of three types.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "domain/evaluation/dataset.h"
#include "foundation/rows/csv_reader.h"

namespace {

using moorage::evaluation::Dataset;
using moorage::rows::CsvField;
using moorage::rows::CsvReader;

void Require(bool holds) {
  if (!holds) std::abort();
}

using Rows = std::vector<std::vector<std::string>>;

// The header and the rows; `whole` says whether the end was reached without an error.
struct Table {
  Rows rows;
  bool whole = false;
};

Table ReadTable(const std::string& text) {
  Table table;
  auto reader = CsvReader::Open(text, {.bytes = 1 << 20, .columns = 1000, .field_bytes = 1 << 16});
  if (!reader.ok()) {
    Require(!reader.error().message.empty());
    return table;
  }
  table.rows.push_back(reader->header());
  std::size_t line = 0;
  while (true) {
    const auto more = reader->Next();
    if (!more.ok()) {
      Require(more.error().details.size() == 1);
      return table;
    }
    if (!*more) break;
    Require(reader->fields().size() == reader->header().size());
    Require(reader->row() == table.rows.size());
    Require(reader->line() > line);
    line = reader->line();
    std::vector<std::string> row;
    for (const CsvField& field : reader->fields()) row.emplace_back(field.text);
    table.rows.push_back(std::move(row));
  }
  table.whole = true;
  return table;
}

std::string Quoted(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : row[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

moorage::model::Manifest ThreeTypes() {
  using moorage::model::DataType;
  moorage::model::Manifest manifest;
  manifest.signature.inputs = {{.name = "a", .type = DataType::kFp32, .shape = {-1, 1}},
                               {.name = "b", .type = DataType::kInt64, .shape = {-1, 1}},
                               {.name = "c", .type = DataType::kBytes, .shape = {-1, 1}}};
  manifest.task = moorage::model::Task::kClassification;
  manifest.labels = std::vector<std::int64_t>{0, 1};
  manifest.features = {"a", "b", "c"};
  return manifest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const Table table = ReadTable(text);
  if (table.whole && Quoted(table.rows).size() < (1 << 20)) {
    const Table again = ReadTable(Quoted(table.rows));
    Require(again.whole && again.rows == table.rows);
  }
  const auto dataset = Dataset::FromCsv(text, ThreeTypes(), {.target = "target", .ignored = {"d"}});
  if (dataset.ok()) {
    Require(dataset->size() == dataset->target_classes().size());
    Require(dataset->rows().Batch(0, dataset->size()).inputs().size() == 3);
  } else {
    Require(dataset.error().details.size() <= 16);
  }
  return 0;
}

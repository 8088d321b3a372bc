#include "foundation/rows/foreign_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foundation/rows/csv_reader.h"

namespace moorage::rows {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;

TEST(AForeignTable, IsNamedAndNotReadAsCsv) {
  const struct {
    std::string bytes;
    const char* name;
  } files[] = {{"\x1F\x8B\x08\0\0"s, "gzip"},
               {"PK\x03\x04\x14\0\6\0\x08\0xl/workbook.xml"s, "an Excel workbook (.xlsx)"},
               {"PK\x03\x04\x14\0rows.csv"s, "a zip archive"},
               {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0"s, "an old Excel workbook"},
               {"PAR1\x15\x04"s, "a Parquet file"},
               {"\x80\x04\x95"s, "a Python pickle"},
               {"[{\"a\": 1}]"s, "JSON"},
               {"\n<!DOCTYPE html>"s, "HTML"}};
  for (const auto& file : files) {
    const auto read = CsvReader::Open(file.bytes);
    ASSERT_FALSE(read.ok()) << file.name;
    EXPECT_THAT(read.error().message, HasSubstr(file.name));
    EXPECT_THAT(read.error().message, testing::StartsWith("CSV: the file is "));
  }
}

TEST(AForeignTable, IsNotSeenInCsv) {
  for (const char* csv : {"", "a,b\n1,2\n", "PARTS,b\n1,2\n", "\"a\",b\n", "BZh,1\n", "<5,b\n"}) {
    EXPECT_FALSE(DescribeForeignTable(csv).has_value()) << csv;
  }
}

TEST(AHeader, OfOtherSeparatorsIsNamedInEachError) {
  auto semicolons = CsvReader::Open("a;b\n1,5;2,5\n");
  ASSERT_TRUE(semicolons.ok());
  EXPECT_THAT(semicolons->SeparatorHint(), HasSubstr("separate columns by commas"));
  EXPECT_THAT(semicolons->Next().error().message, HasSubstr("separate columns by commas"));
  EXPECT_THAT(CsvReader::Open("a\tb\n1\t2\n")->SeparatorHint(), HasSubstr("commas"));
  EXPECT_EQ(CsvReader::Open("a,b;c\n1,2\n")->SeparatorHint(), "");
}

}  // namespace
}  // namespace moorage::rows

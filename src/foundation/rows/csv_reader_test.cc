#include "foundation/rows/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace moorage::rows {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Rows = std::vector<std::vector<std::string>>;

struct Table {
  std::vector<std::string> header;
  Rows rows;
  std::vector<std::size_t> lines;
};

base::Result<Table> ReadAll(std::string_view bytes, const CsvLimits& limits = {}) {
  ASSIGN_OR_RETURN(CsvReader reader, CsvReader::Open(bytes, limits));
  Table table{.header = reader.header(), .rows = {}, .lines = {}};
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) return table;
    std::vector<std::string> row;
    for (const CsvField& field : reader.fields()) row.emplace_back(field.text);
    table.rows.push_back(row);
    table.lines.push_back(reader.line());
  }
}

base::Error ErrorOf(std::string_view bytes, const CsvLimits& limits = {}) {
  const auto table = ReadAll(bytes, limits);
  EXPECT_FALSE(table.ok()) << bytes;
  return table.ok() ? base::Error{} : table.error();
}

TEST(CsvReader, ReadsAHeaderAndRows) {
  const auto table = ReadAll("a,b\n1,2\n3,4\n");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->header, ElementsAre("a", "b"));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("1", "2"), ElementsAre("3", "4")));
}

TEST(CsvReader, NeedsNoLineEndAfterTheLastRow) {
  EXPECT_THAT(ReadAll("a,b\n1,2")->rows, ElementsAre(ElementsAre("1", "2")));
  EXPECT_THAT(ReadAll("a,b\n1,")->rows, ElementsAre(ElementsAre("1", "")));
}

TEST(CsvReader, ReadsAHeaderWithoutRows) {
  EXPECT_THAT(ReadAll("a,b\n")->rows, IsEmpty());
  EXPECT_THAT(ReadAll("a,b")->rows, IsEmpty());
}

TEST(CsvReader, TakesEveryKindOfLineEnd) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const auto table = ReadAll("a,b" + end + "1,2" + end + "3,4" + end);
    ASSERT_TRUE(table.ok());
    EXPECT_THAT(table->rows, ElementsAre(ElementsAre("1", "2"), ElementsAre("3", "4")));
    EXPECT_THAT(table->lines, ElementsAre(2, 3));
  }
}

TEST(CsvReader, SkipsLinesWithoutACharacterAndStillCountsThem) {
  const auto table = ReadAll("\n\na,b\n\n1,2\r\n\r\n3,4\n\n");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->header, ElementsAre("a", "b"));
  EXPECT_THAT(table->lines, ElementsAre(5, 7));
}

TEST(CsvReader, UndoesQuotes) {
  const auto table = ReadAll("\"a\",\"b,c\"\n\"say \"\"hi\"\"\",\"x\ny\r\nz\"\n\"\"\"\",\"\"\n");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->header, ElementsAre("a", "b,c"));
  EXPECT_THAT(table->rows,
              ElementsAre(ElementsAre("say \"hi\"", "x\ny\r\nz"), ElementsAre("\"", "")));
  EXPECT_THAT(table->lines, ElementsAre(2, 5));
}

TEST(CsvReader, KeepsEveryUnescapedFieldOfARow) {
  const auto table = ReadAll("a,b,c,d\n\"1\"\"\",\"2\"\"\",\"3\"\"\",\"4\"\"\"\n");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("1\"", "2\"", "3\"", "4\"")));
}

TEST(CsvReader, TellsAQuotedEmptyFieldFromAMissingOne) {
  auto reader = CsvReader::Open("a,b\n,\"\"\n");
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE(*reader->Next());
  EXPECT_FALSE(reader->fields()[0].quoted);
  EXPECT_TRUE(reader->fields()[1].quoted);
}

TEST(CsvReader, SkipsAByteOrderMark) {
  EXPECT_THAT(ReadAll("\xEF\xBB\xBF"
                      "a\n1\n")
                  ->header,
              ElementsAre("a"));
}

TEST(CsvReader, KeepsBlanksAndText) {
  EXPECT_THAT(ReadAll("größe, b \n 1,猫\n")->rows, ElementsAre(ElementsAre(" 1", "猫")));
}

TEST(CsvReader, SaysHowManyFieldsARaggedRowHas) {
  const base::Error longer = ErrorOf("a,b\n1,2\n1,2,3\n");
  EXPECT_EQ(longer.code, base::Code::kInvalid);
  EXPECT_EQ(longer.message, "CSV line 3: row 2 has 3 fields where the header has 2");
  ASSERT_EQ(longer.details.size(), 1u);
  EXPECT_EQ(longer.details[0].path, "row 2");
  EXPECT_THAT(ErrorOf("a,b\n1\n").message, HasSubstr("row 1 has 1 field where the header has 2"));
}

TEST(CsvReader, SaysWhereAnUnclosedQuoteBegan) {
  const base::Error error = ErrorOf("a,b\n1,2\n3,\"four\nfive\nsix\n");
  EXPECT_EQ(error.message,
            "CSV line 3: row 2, column 'b' begins with a quote that is never closed");
  EXPECT_EQ(error.details[0].path, "row 2, column 'b'");
  EXPECT_THAT(ErrorOf("a,b\n\"x\ny\",\"z").message, HasSubstr("CSV line 3"));
}

TEST(CsvReader, RefusesQuotesWhereTheyMeanNothing) {
  EXPECT_THAT(ErrorOf("a\n1\"2\n").message, HasSubstr("row 1, column 'a' has a quote inside"));
  EXPECT_THAT(ErrorOf("a\n\"1\"2\n").message, HasSubstr("goes on after its closing quote"));
}

TEST(CsvReader, RefusesNulAndBrokenUtf8) {
  using std::string_view_literals::operator""sv;
  EXPECT_THAT(ErrorOf("a\n1\0002\n"sv).message, HasSubstr("row 1, column 'a' contains a NUL"));
  for (const std::string bad : {"\xFF", "\xC0\xAF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80",
                                "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xE2\x82"}) {
    EXPECT_THAT(ErrorOf("a\n" + bad + "\n").message, HasSubstr("is not valid UTF-8"));
    EXPECT_THAT(ErrorOf("a\n\"" + bad + "\"\n").message, HasSubstr("is not valid UTF-8"));
  }
  EXPECT_TRUE(ReadAll("a\n\xEF\xBF\xBF\xF4\x8F\xBF\xBF\xED\x9F\xBF\n").ok());
}

TEST(CsvReader, TellsThatAFileIsUtf16) {
  EXPECT_THAT(ErrorOf("\xFF\xFE"
                      "a")
                  .message,
              HasSubstr("UTF-16"));
}

TEST(CsvReader, RefusesHeadersThatDoNotNameTheColumns) {
  EXPECT_THAT(ErrorOf("").message, HasSubstr("empty"));
  EXPECT_THAT(ErrorOf("\n\r\n").message, HasSubstr("empty"));
  EXPECT_THAT(ErrorOf(",a\n").message, HasSubstr("header, column 1 has no name"));
  EXPECT_THAT(ErrorOf("a,b,a\n").message, HasSubstr("header, column 3 is named 'a' like column 1"));
}

TEST(CsvReader, EndsAtItsLimits) {
  EXPECT_EQ(ErrorOf("a\n12345\n", {.bytes = 5}).code, base::Code::kExhausted);
  EXPECT_EQ(ErrorOf("a\n12345\n", {.field_bytes = 4}).code, base::Code::kExhausted);
  EXPECT_EQ(ErrorOf("a\n\"12345\"\n", {.field_bytes = 4}).code, base::Code::kExhausted);
  EXPECT_EQ(ErrorOf("a,b,c\n", {.columns = 2}).code, base::Code::kExhausted);
  EXPECT_EQ(ErrorOf("a,b\n1,2,3\n", {.columns = 2}).code, base::Code::kExhausted);
  EXPECT_TRUE(ReadAll("a,b\n1234,2\n", {.columns = 2, .field_bytes = 4}).ok());
}

TEST(CsvReader, HasNothingMoreToReadAfterAnError) {
  auto reader = CsvReader::Open("a,b\n1\n2,3\n");
  ASSERT_TRUE(reader.ok());
  EXPECT_FALSE(reader->Next().ok());
  const auto after = reader->Next();
  ASSERT_TRUE(after.ok());
  EXPECT_FALSE(*after);
}

}  // namespace
}  // namespace moorage::rows

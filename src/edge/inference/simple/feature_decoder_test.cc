#include "edge/inference/simple/feature_decoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace moorage::inference {
namespace {

using base::Detail;

// Rows of one dense FP32 input, or of one of strings.
class Rows : public RowSink {
 public:
  explicit Rows(const rows::RowLayout& layout, std::size_t limit = 100)
      : layout_(layout), limit_(limit) {}

  base::Result<rows::RowTarget> AddRow() override {
    if (rows_.size() == limit_) return base::Error{base::Code::kInvalid, "too many rows"};
    auto row = std::make_unique<Row>();
    for (std::size_t i = 0; i < layout_.inputs(); ++i) {
      row->bytes.emplace_back(layout_.row_bytes(i));
      row->strings.emplace_back(layout_.row_elements(i));
    }
    for (std::size_t i = 0; i < layout_.inputs(); ++i) {
      row->inputs.push_back({row->bytes[i].data(), row->strings[i].data()});
    }
    rows_.push_back(std::move(row));
    return rows::RowTarget{rows_.back()->inputs};
  }

  std::size_t size() const { return rows_.size(); }
  float At(std::size_t row, std::size_t i) const {
    float value;
    std::memcpy(&value, rows_[row]->bytes[0].data() + i * sizeof(float), sizeof(float));
    return value;
  }
  const std::string& Text(std::size_t row, std::size_t input) const {
    return rows_[row]->strings[input][0];
  }

 private:
  struct Row {
    std::vector<std::vector<std::byte>> bytes;
    std::vector<std::vector<std::string>> strings;
    std::vector<rows::RowTarget::Input> inputs;
  };
  const rows::RowLayout& layout_;
  const std::size_t limit_;
  std::vector<std::unique_ptr<Row>> rows_;
};

rows::RowLayout Layout(std::vector<model::TensorSpec> inputs, std::vector<std::string> features) {
  model::Manifest manifest;
  manifest.signature.inputs = std::move(inputs);
  manifest.features = std::move(features);
  auto layout = rows::RowLayout::Make(manifest);
  EXPECT_TRUE(layout.ok()) << layout.error().message;
  return std::move(layout).value();
}

rows::RowLayout ThreeFloats() {
  return Layout({{.name = "x", .type = model::DataType::kFp32, .shape = {-1, 3}}},
                {"a", "b", "c d"});
}

std::vector<Detail> Problems(const rows::RowLayout& layout, std::string_view body,
                             bool many = false) {
  FeatureDecoder decoder;
  Rows rows(layout);
  const auto status =
      many ? decoder.DecodeMany(body, layout, rows) : decoder.DecodeOne(body, layout, rows);
  if (status.ok()) return {};
  EXPECT_EQ(status.error().code, base::Code::kInvalid);
  EXPECT_FALSE(status.error().details.empty()) << status.error().message;
  return status.error().details;
}

TEST(FeatureDecoder, FillsARowFromAnArray) {
  const auto layout = ThreeFloats();
  Rows rows(layout);
  ASSERT_TRUE(FeatureDecoder().DecodeOne(R"({"features": [1, 2.5, -3e2]})", layout, rows).ok());
  EXPECT_EQ(rows.At(0, 0), 1.0F);
  EXPECT_EQ(rows.At(0, 1), 2.5F);
  EXPECT_EQ(rows.At(0, 2), -300.0F);
}

TEST(FeatureDecoder, FillsARowFromAnObjectInAnyOrder) {
  const auto layout = ThreeFloats();
  Rows rows(layout);
  ASSERT_TRUE(
      FeatureDecoder().DecodeOne(R"({"features": {"c d": 3, "a": 1, "b": 2}})", layout, rows).ok());
  EXPECT_EQ(rows.At(0, 0), 1.0F);
  EXPECT_EQ(rows.At(0, 2), 3.0F);
}

TEST(FeatureDecoder, FillsSeveralInputsFromMixedColumns) {
  const auto layout = Layout({{.name = "age", .type = model::DataType::kFp32, .shape = {-1, 1}},
                              {.name = "city", .type = model::DataType::kBytes, .shape = {-1, 1}}},
                             {});
  Rows rows(layout);
  ASSERT_TRUE(FeatureDecoder()
                  .DecodeMany(R"([{"city": "g\u00eanes", "age": 30}, [41, "x"]])", layout, rows)
                  .ok());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.At(0, 0), 30.0F);
  EXPECT_EQ(rows.Text(0, 1), "g\xC3\xAAnes");
  EXPECT_EQ(rows.At(1, 0), 41.0F);
}

TEST(FeatureDecoder, FillsNestedArraysRowMajor) {
  const auto layout =
      Layout({{.name = "image", .type = model::DataType::kFp32, .shape = {-1, 2, 2}}}, {});
  Rows rows(layout);
  ASSERT_TRUE(FeatureDecoder().DecodeOne(R"({"features": [[1,2],[3,4]]})", layout, rows).ok());
  EXPECT_EQ(rows.At(0, 1), 2.0F);
  EXPECT_EQ(rows.At(0, 2), 3.0F);
  EXPECT_EQ(Problems(layout, R"({"features": [[1,2],[3]]})"),
            (std::vector<Detail>{{"features[1]", "expected 2 elements, got 1"}}));
  EXPECT_EQ(Problems(layout, R"({"features": [[1,"x"],7]})"),
            (std::vector<Detail>{{"features[0][1]", "a string where a number is expected"},
                                 {"features[1]", "must be nested arrays of shape [2]"}}));
}

TEST(FeatureDecoder, NamesTheExactPathOfEachProblem) {
  const auto layout = ThreeFloats();
  EXPECT_EQ(Problems(layout, R"({"features": [1, "x", null]})").size(), 2U);
  EXPECT_EQ(Problems(layout, R"({"features": [1, "x", 3]})")[0].path, "features[1]");
  EXPECT_EQ(Problems(layout, R"({"features": [1, 2]})"),
            (std::vector<Detail>{{"features", "expected 3 features, got 2"}}));
  EXPECT_EQ(Problems(layout, R"({"features": [1, 2, 3, [4]]})"),
            (std::vector<Detail>{{"features", "expected 3 features, got 4"}}));
  EXPECT_EQ(Problems(layout, R"({"features": {"a": 1, "b": 2}})"),
            (std::vector<Detail>{{"features.c d", "missing"}}));
  EXPECT_EQ(Problems(layout, R"({"features": {"a": 1, "a": 1, "b": 2, "c d": 3}})"),
            (std::vector<Detail>{{"features.a", "given twice"}}));
  EXPECT_EQ(Problems(layout, R"({"features": {"a": 1, "z": 1, "b": 2, "c d": 3}})"),
            (std::vector<Detail>{{"features.z", "not a feature of this model"}}));
  EXPECT_EQ(Problems(layout, R"({"instances": [[1,2,3], {"a": true, "b": 2, "c d": 3}]})", true),
            (std::vector<Detail>{{"instances[1].a", "a boolean where a number is expected"}}));
  EXPECT_EQ(Problems(layout, R"({"feature": [1,2,3]})"),
            (std::vector<Detail>{{"feature", "unknown member; expected \"features\""},
                                 {"features", "missing"}}));
  EXPECT_EQ(Problems(layout, R"({"features": [1,2,3], "features": [1,2,3]})"),
            (std::vector<Detail>{{"features", "given twice"}}));
  EXPECT_EQ(Problems(layout, R"({"instances": []})", true),
            (std::vector<Detail>{{"instances", "must hold at least one row"}}));
}

TEST(FeatureDecoder, RefusesNumbersThatTheInputCannotHold) {
  const auto layout = ThreeFloats();
  for (const char* number : {"1e400", "1e39", "-1e39", "340282356779733661637539395458142568448"}) {
    const auto problems = Problems(layout, std::string(R"({"features": [0, )") + number + ", 0]}");
    ASSERT_EQ(problems.size(), 1U) << number;
    EXPECT_EQ(problems[0].path, "features[1]");
  }
}

TEST(FeatureDecoder, ReportsTextThatIsNotJsonByItsByte) {
  const auto layout = ThreeFloats();
  for (const char* body : {"{", "[]]", "{\"features\": [NaN, 1, 2]}", "{\"features\": [1,2,3]} x",
                           "{\"features\": [1,2,3,]}", "{\"features\": [1,2,\"\xff\"]}", "nul"}) {
    FeatureDecoder decoder;
    Rows rows(layout);
    const auto status = decoder.DecodeOne(body, layout, rows);
    ASSERT_FALSE(status.ok()) << body;
    EXPECT_TRUE(status.error().details.at(0).path.starts_with("byte ")) << body;
  }
}

TEST(FeatureDecoder, SaysThatARowOfRowsIsOneTooMany) {
  EXPECT_EQ(Problems(ThreeFloats(), R"({"features": [[1, 2, 3], [4, 5, 6]]})"),
            (std::vector<Detail>{{"features", rows::kRowOfRows}}));
  EXPECT_EQ(Problems(ThreeFloats(), R"({"instances": [[[1, 2, 3]], [1, 2, 3]]})", true),
            (std::vector<Detail>{{"instances[0]", rows::kRowOfRows}}));
}

TEST(FeatureDecoder, StopsAtTheSixteenthProblem) {
  const auto layout = ThreeFloats();
  std::string body = "[";
  for (int i = 0; i < 20; ++i) body += "[\"x\",2,3],";
  body += "this is not read";
  FeatureDecoder decoder;
  Rows rows(layout);
  const auto status = decoder.DecodeMany(body, layout, rows);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().details.size(), 16U);
  EXPECT_EQ(status.error().details.back().path, "instances[15][0]");
  EXPECT_NE(status.error().message.find("(and at least 15 more problems)"), std::string::npos)
      << status.error().message;
}

TEST(FeatureDecoder, TakesNoMemoryForRowsThatTheTextCannotFill) {
  model::Manifest manifest;
  manifest.signature.inputs = {
      {.name = "x", .type = model::DataType::kFp32, .shape = {-1, 262144}}};
  const auto layout = rows::RowLayout::Make(manifest);
  ASSERT_TRUE(layout.ok());
  std::string short_rows = "[[]";
  for (int i = 1; i < 4000; ++i) short_rows += ",[]";
  short_rows += "]";
  for (const std::string& body : {short_rows, std::string("[{}]"), std::string("[3]")}) {
    FeatureDecoder decoder;
    Rows rows(*layout);
    const auto status = decoder.DecodeMany(body, *layout, rows);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(rows.size(), 0U) << body.substr(0, 10);
    EXPECT_EQ(status.error().details[0].path, "instances[0]");
    EXPECT_LE(status.error().details.size(), 16U);
  }
  // With text enough behind it the first short row takes one place, and those behind it none.
  FeatureDecoder decoder;
  Rows rows(*layout);
  const auto padded = short_rows + std::string(std::size_t{1} << 21, ' ');
  ASSERT_FALSE(decoder.DecodeMany(padded, *layout, rows).ok());
  EXPECT_EQ(rows.size(), 1U);
}

TEST(FeatureDecoder, NamesWhatAShortRowOfNestedArraysMustBe) {
  model::Manifest manifest;
  manifest.signature.inputs = {
      {.name = "x", .type = model::DataType::kFp32, .shape = {-1, 100, 1000}}};
  const auto layout = rows::RowLayout::Make(manifest);
  for (const char* body : {R"({"features": [[1]]})", R"({"features": 7})", R"({"features": {}})"}) {
    FeatureDecoder decoder;
    Rows rows(*layout);
    const auto status = decoder.DecodeOne(body, *layout, rows);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().message, "features: must be nested arrays of shape [100,1000]");
  }
}

TEST(FeatureDecoder, StopsWhenThereIsNoRoomForARow) {
  const auto layout = ThreeFloats();
  FeatureDecoder decoder;
  Rows rows(layout, 1);
  const auto status = decoder.DecodeMany("[[1,2,3],[1,2,3]]", layout, rows);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "too many rows");
}

TEST(FeatureDecoder, RefusesAnEmptyBodyAndOtherValues) {
  const auto layout = ThreeFloats();
  FeatureDecoder decoder;
  for (const char* body : {"", "3", "\"x\"", "null", "[]"}) {
    Rows rows(layout);
    EXPECT_FALSE(decoder.DecodeOne(body, layout, rows).ok()) << body;
  }
}

}  // namespace
}  // namespace moorage::inference

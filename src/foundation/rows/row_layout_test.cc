#include "foundation/rows/row_layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "foundation/rows/row_memory.h"

namespace moorage::rows {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

model::TensorSpec Input(std::string name, model::DataType type, model::Shape shape) {
  return {.name = std::move(name), .type = type, .shape = std::move(shape)};
}

model::Manifest With(std::vector<model::TensorSpec> inputs,
                     std::vector<std::string> features = {}) {
  model::Manifest manifest;
  manifest.signature.inputs = std::move(inputs);
  manifest.features = std::move(features);
  return manifest;
}

std::string Refusal(const model::Manifest& manifest) {
  const auto layout = RowLayout::Make(manifest);
  return layout.ok() ? "made" : layout.error().message;
}

// A layout with one feature of the type, and its memory.
class FeatureRow {
 public:
  explicit FeatureRow(model::DataType type) : FeatureRow(type, model::Manifest{}) {}
  static FeatureRow WithMissing(model::DataType type) {
    model::Manifest manifest;
    manifest.allow_missing = true;
    return FeatureRow(type, std::move(manifest));
  }

  std::string Integer(std::int64_t value) { return Text(layout_.StoreInteger(row(), 0, value)); }
  std::string Unsigned(std::uint64_t value) { return Text(layout_.StoreUnsigned(row(), 0, value)); }
  std::string Double(double value) { return Text(layout_.StoreDouble(row(), 0, value)); }
  std::string Bool(bool value) { return Text(layout_.StoreBool(row(), 0, value)); }
  std::string String(std::string_view value) { return Text(layout_.StoreString(row(), 0, value)); }
  std::string Null() { return Text(layout_.StoreNull(row(), 0)); }

  double number() const { return model::NumberAt(memory_.Tensors(signature_)[0].view(), 0); }
  std::string text() const { return memory_.Tensors(signature_)[0].strings[0]; }

 private:
  FeatureRow(model::DataType type, model::Manifest manifest)
      : signature_{.inputs = {Input("x", type, {-1, 1})}, .outputs = {}},
        layout_(*RowLayout::Make((manifest.signature = signature_, manifest))),
        memory_(layout_) {}

  RowTarget row() const { return memory_.target(); }
  static std::string Text(Problem problem) { return problem == nullptr ? "" : problem; }

  model::Signature signature_;
  RowLayout layout_;
  RowMemory memory_;
};

TEST(RowLayout, CountsTheFeaturesOfOneInput) {
  const auto layout = RowLayout::Make(With({Input("x", model::DataType::kFp32, {-1, 3})}));
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->features(), 3U);
  EXPECT_EQ(layout->names(), (std::vector<std::string>{"f0", "f1", "f2"}));
  EXPECT_EQ(layout->row_bytes(0), 12U);
  EXPECT_TRUE(layout->all_fp32());
  EXPECT_TRUE(layout->nested_shape().empty());
  EXPECT_EQ(layout->Find("f2"), 2U);
  EXPECT_FALSE(layout->Find("f3").has_value());
}

TEST(RowLayout, PutsSeveralInputsOneAfterTheOther) {
  const auto layout = RowLayout::Make(With({Input("age", model::DataType::kFp32, {-1, 1}),
                                            Input("city", model::DataType::kBytes, {-1}),
                                            Input("scores", model::DataType::kInt64, {-1, 2})}));
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->names(), (std::vector<std::string>{"age", "city", "scores_0", "scores_1"}));
  EXPECT_EQ(layout->slots()[3].input, 2U);
  EXPECT_EQ(layout->slots()[3].offset, 1U);
  EXPECT_EQ(layout->row_bytes(1), 0U);
  EXPECT_EQ(layout->row_bytes(2), 16U);
  EXPECT_FALSE(layout->all_fp32());
}

TEST(RowLayout, TakesFixedFirstDimensionsAsRows) {
  for (const model::Shape& shape : {model::Shape{1, 4}, model::Shape{4, 4}, model::Shape{-1, 4}}) {
    const auto layout = RowLayout::Make(With({Input("x", model::DataType::kFp32, shape)}));
    ASSERT_TRUE(layout.ok()) << model::FormatShape(shape);
    EXPECT_EQ(layout->features(), 4U);
  }
}

TEST(RowLayout, LeavesOptionalInputsAlone) {
  model::TensorSpec weights = Input("w", model::DataType::kFp32, {7, 7});
  weights.optional = true;
  const auto layout = RowLayout::Make(With({weights, Input("x", model::DataType::kFp32, {-1, 2})}));
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->inputs(), 2U);
  EXPECT_EQ(layout->row_elements(0), 0U);
  EXPECT_EQ(layout->features(), 2U);
  EXPECT_TRUE(layout->all_fp32());
  EXPECT_EQ(layout->names()[0], "f0");
}

TEST(RowLayout, ExpectsNestedArraysForImages) {
  const auto layout =
      RowLayout::Make(With({Input("image", model::DataType::kUint8, {-1, 1, 4, 4})}));
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(model::FormatShape(layout->nested_shape()), "[1,4,4]");
  EXPECT_EQ(layout->features(), 16U);
  EXPECT_TRUE(layout->names().empty());
}

TEST(RowLayout, SaysWhyRowsCannotFillAnInput) {
  const auto one = [](model::Shape shape) {
    return Refusal(With({Input("x", model::DataType::kFp32, std::move(shape))}));
  };
  const std::string tail = "; this model takes tensors only";
  const std::string head = "input 'x' cannot be filled from rows: ";
  EXPECT_EQ(one({-1, -1}),
            head + "its shape [-1,-1] varies in more than the number of rows" + tail);
  EXPECT_EQ(one({}), head + "it is a scalar, without a dimension for rows" + tail);
  EXPECT_EQ(one({4}), head + "its shape [4] has no dimension for rows" + tail);
  EXPECT_EQ(one({-1, 0}), head + "its shape [-1,0] has no elements" + tail);
  EXPECT_EQ(one({0, 3}), head + "its shape [0,3] holds no rows" + tail);
  EXPECT_EQ(one({-1, 1 << 20, 1 << 19}), head + "a row has more than 2^24 elements" + tail);
  EXPECT_EQ(Refusal(With({Input("a", model::DataType::kFp32, {-1, 2}),
                          Input("x", model::DataType::kFp32, {1, 2})})),
            head + "it and the inputs before it differ in their number of rows" + tail);
  EXPECT_NE(Refusal(With({Input("a", model::DataType::kFp32, {-1, 2}),
                          Input("x", model::DataType::kFp32, {-1, 2, 2})}))
                .find("rank above 2"),
            std::string::npos);
  model::TensorSpec unknown = Input("x", model::DataType::kFp32, {});
  unknown.has_shape = false;
  EXPECT_EQ(Refusal(With({unknown})), head + "the graph does not say its shape" + tail);
  EXPECT_EQ(RowLayout::Make(With({unknown})).error().code, base::Code::kUnsupported);
}

TEST(RowLayout, RefusesNamesThatDoNotFit) {
  const model::TensorSpec x = Input("x", model::DataType::kFp32, {-1, 2});
  EXPECT_EQ(Refusal(With({x}, {"a"})),
            "features: 1 names, but one row of the model has 2 features");
  EXPECT_EQ(Refusal(With({x}, {"a", "a"})), "features: the name 'a' comes twice");
  EXPECT_EQ(RowLayout::Make(With({x}, {"a"})).error().code, base::Code::kInvalid);
  EXPECT_EQ(Refusal(With({Input("x", model::DataType::kFp32, {-1, 2, 2})}, {"a", "b", "c", "d"})),
            "features: the elements of an input of rank above 2 have no names");
}

TEST(RowLayout, StillFindsNamesAfterItMoved) {
  auto made = RowLayout::Make(With({Input("x", model::DataType::kFp32, {-1, 2})}, {"a", "b"}));
  const RowLayout first = *std::move(made);
  EXPECT_EQ(first.Find("b"), 1U);
}

TEST(Storing, AnIntegerInAFloatIsRoundedLikeAnyNumber) {
  FeatureRow fp64(model::DataType::kFp64);
  EXPECT_EQ(fp64.Integer((1LL << 53) + 1), "");
  EXPECT_EQ(fp64.number(), 0x1p53);
  EXPECT_EQ(fp64.Integer((1LL << 53) + 3), "");
  EXPECT_EQ(fp64.number(), 0x1p53 + 4) << "a tie goes to the even one";
  EXPECT_EQ(fp64.Integer(std::numeric_limits<std::int64_t>::max()), "");
  EXPECT_EQ(fp64.number(), 0x1p63);
  EXPECT_EQ(fp64.Unsigned(std::numeric_limits<std::uint64_t>::max()), "");
  EXPECT_EQ(fp64.number(), 0x1p64);

  FeatureRow fp32(model::DataType::kFp32);
  EXPECT_EQ(fp32.Integer(16777217), "");
  EXPECT_EQ(fp32.number(), 16777216.0);
  EXPECT_EQ(fp32.Integer(-16777219), "");
  EXPECT_EQ(fp32.number(), -16777220.0);
  EXPECT_EQ(fp32.Unsigned(std::numeric_limits<std::uint64_t>::max()), "");
  EXPECT_EQ(fp32.number(), 0x1p64);

  FeatureRow fp16(model::DataType::kFp16);
  EXPECT_EQ(fp16.Integer(2049), "");
  EXPECT_EQ(fp16.number(), 2048.0);
  EXPECT_EQ(fp16.Integer(65519), "");
  EXPECT_EQ(fp16.number(), 65504.0);
  EXPECT_EQ(fp16.Integer(65520), "out of range for FP16");
  EXPECT_EQ(fp16.number(), 65504.0) << "a refused number leaves the row as it was";

  FeatureRow bf16(model::DataType::kBf16);
  EXPECT_EQ(bf16.Integer(257), "");
  EXPECT_EQ(bf16.number(), 256.0);
}

TEST(Storing, AFractionIsRoundedToNearestAndMustNotOverflow) {
  FeatureRow fp32(model::DataType::kFp32);
  EXPECT_EQ(fp32.Double(0.1), "");
  EXPECT_EQ(fp32.number(), static_cast<double>(0.1F));
  EXPECT_EQ(fp32.Double(1e39), "out of range for FP32");
  EXPECT_EQ(fp32.Double(-1e39), "out of range for FP32");
  EXPECT_EQ(fp32.Double(3.4028235e38), "");
  EXPECT_EQ(fp32.Double(0x1.ffffffp+127), "out of range for FP32") << "rounds to infinity";
  EXPECT_EQ(fp32.Double(std::nextafter(0x1.ffffffp+127, 0.0)), "");
  EXPECT_EQ(fp32.number(), static_cast<double>(std::numeric_limits<float>::max()));
  EXPECT_EQ(fp32.Double(16777217.0), "");
  EXPECT_EQ(fp32.number(), 16777216.0);
  EXPECT_EQ(fp32.Double(1e-60), "");
  EXPECT_EQ(fp32.number(), 0.0);
  for (const double bad : {kInfinity, -kInfinity, std::nan("")}) {
    EXPECT_EQ(fp32.Double(bad), "not a finite number");
  }
}

TEST(Storing, AFractionIsRoundedOnceEvenToHalves) {
  FeatureRow fp16(model::DataType::kFp16);
  // Just above the tie between 1 and 1 + 2^-10, by less than a float holds. Rounding by way of the
  // nearest float would land on the tie and go down.
  EXPECT_EQ(fp16.Double(1.0 + 0x1p-11 + 0x1p-40), "");
  EXPECT_EQ(fp16.number(), 1.0 + 0x1p-10);
  EXPECT_EQ(fp16.Double(1.0 + 0x1p-11), "");
  EXPECT_EQ(fp16.number(), 1.0);
  EXPECT_EQ(fp16.Double(1.0 + 3 * 0x1p-11 - 0x1p-40), "");
  EXPECT_EQ(fp16.number(), 1.0 + 0x1p-10);
  EXPECT_EQ(fp16.Double(65519.9), "");
  EXPECT_EQ(fp16.number(), 65504.0);
  EXPECT_EQ(fp16.Double(65520.0), "out of range for FP16");
  FeatureRow bf16(model::DataType::kBf16);
  EXPECT_EQ(bf16.Double(1.0 + 0x1p-8 + 0x1p-40), "");
  EXPECT_EQ(bf16.number(), 1.0 + 0x1p-7);
  EXPECT_EQ(bf16.Double(3.4e38), "out of range for BF16");
  EXPECT_EQ(bf16.Double(3.38e38), "");
}

TEST(Storing, AnIntegerFeatureTakesWholeNumbersInRange) {
  struct Row {
    model::DataType type;
    std::int64_t lowest;
    std::uint64_t highest;
    const char* problem;
  };
  for (const Row& row :
       {Row{model::DataType::kUint8, 0, 255, "out of range for UINT8"},
        Row{model::DataType::kInt8, -128, 127, "out of range for INT8"},
        Row{model::DataType::kUint16, 0, 65535, "out of range for UINT16"},
        Row{model::DataType::kInt16, -32768, 32767, "out of range for INT16"},
        Row{model::DataType::kUint32, 0, 4294967295, "out of range for UINT32"},
        Row{model::DataType::kInt32, -2147483648LL, 2147483647, "out of range for INT32"}}) {
    FeatureRow feature(row.type);
    EXPECT_EQ(feature.Integer(row.lowest), "");
    EXPECT_EQ(feature.number(), static_cast<double>(row.lowest));
    EXPECT_EQ(feature.Unsigned(row.highest), "");
    EXPECT_EQ(feature.number(), static_cast<double>(row.highest));
    EXPECT_EQ(feature.Integer(row.lowest - 1), row.problem);
    EXPECT_EQ(feature.Unsigned(row.highest + 1), row.problem);
    EXPECT_EQ(feature.Double(static_cast<double>(row.highest)), "");
    EXPECT_EQ(feature.Double(1.5), "not a whole number");
    EXPECT_EQ(feature.Double(1e300), row.problem);
  }
  FeatureRow int64(model::DataType::kInt64);
  EXPECT_EQ(int64.Integer(std::numeric_limits<std::int64_t>::min()), "");
  EXPECT_EQ(int64.Unsigned(1ULL << 63), "out of range for INT64");
  EXPECT_EQ(int64.Double(0x1p63), "out of range for INT64");
  EXPECT_EQ(int64.Double(-0x1p63), "out of range for INT64") << "readers give it as an integer";
  EXPECT_EQ(int64.Double(-0.0), "");
  EXPECT_EQ(int64.number(), 0.0);
  EXPECT_EQ(int64.Double(0x1p53 - 1), "");
  EXPECT_EQ(int64.Double(0x1p53), "not a whole number") << "a fraction that became a double";
  FeatureRow uint64(model::DataType::kUint64);
  EXPECT_EQ(uint64.Integer(-1), "out of range for UINT64");
  EXPECT_EQ(uint64.Unsigned(std::numeric_limits<std::uint64_t>::max()), "");
  EXPECT_EQ(uint64.Double(0x1p64), "out of range for UINT64");
}

TEST(Storing, BooleansAndStringsGoOnlyWhereTheyBelong) {
  FeatureRow boolean(model::DataType::kBool);
  EXPECT_EQ(boolean.Bool(true), "");
  EXPECT_EQ(boolean.number(), 1.0);
  EXPECT_EQ(boolean.Integer(1), "not a boolean");
  EXPECT_EQ(boolean.Double(0.0), "not a boolean");
  EXPECT_EQ(boolean.String("true"), "a string where a boolean is expected");

  FeatureRow bytes(model::DataType::kBytes);
  EXPECT_EQ(bytes.String(std::string_view("m\xc3\xa4laga\0x", 9)), "");
  EXPECT_EQ(bytes.text(), std::string("m\xc3\xa4laga\0x", 9));
  EXPECT_EQ(bytes.Integer(7), "a number where a string is expected");
  EXPECT_EQ(bytes.Double(7.5), "a number where a string is expected");
  EXPECT_EQ(bytes.Bool(false), "a boolean where a string is expected");

  FeatureRow number(model::DataType::kFp32);
  EXPECT_EQ(number.String("7"), "a string where a number is expected");
  EXPECT_EQ(number.Bool(true), "a boolean where a number is expected");
}

TEST(Storing, AMissingValueIsNanOnlyWhereTheManifestAllowsIt) {
  for (const model::DataType type : {model::DataType::kFp16, model::DataType::kBf16,
                                     model::DataType::kFp32, model::DataType::kFp64}) {
    FeatureRow strict(type);
    EXPECT_EQ(strict.Null(), "null, and this model does not take missing values");
    FeatureRow lenient = FeatureRow::WithMissing(type);
    EXPECT_EQ(lenient.Null(), "");
    EXPECT_TRUE(std::isnan(lenient.number())) << model::Name(type);
  }
  for (const model::DataType type :
       {model::DataType::kInt64, model::DataType::kBytes, model::DataType::kBool}) {
    EXPECT_EQ(FeatureRow::WithMissing(type).Null(),
              "null, and only floating-point features can be missing");
  }
}

}  // namespace
}  // namespace moorage::rows

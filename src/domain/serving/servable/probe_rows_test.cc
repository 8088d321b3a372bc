#include "domain/serving/servable/probe_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "domain/serving/servable/testing/fake_echo_session.h"
#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::servable {
namespace {

std::vector<double> NumbersOf(ProbeRows& rows, std::size_t row, std::size_t input = 0) {
  std::vector<double> numbers;
  const model::TensorView view = rows.buffers().Views(row, 1)[input];
  for (std::size_t i = 0; i < view.elements(); ++i) numbers.push_back(model::NumberAt(view, i));
  return numbers;
}

std::size_t CountOf(const ProbeRows& rows, RowKind kind) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) count += rows.kind(i) == kind ? 1U : 0U;
  return count;
}

ProbeRows RowsOf(const model::Manifest& manifest, std::span<const json::Json> given,
                 std::size_t count) {
  return {manifest, *rows::RowLayout::Make(manifest), given, count};
}

TEST(TrialRows, AreDistinctAndHaveZerosOnesAndOutliers) {
  ProbeRows rows = RowsOf(FakeManifest(), {}, 32);
  ASSERT_EQ(rows.size(), 32U);
  EXPECT_EQ(rows.elements(), 3U);
  std::set<std::vector<double>> distinct;
  double largest = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto numbers = NumbersOf(rows, i);
    distinct.insert(numbers);
    for (const double number : numbers) largest = std::max(largest, std::abs(number));
  }
  EXPECT_GE(distinct.size(), 31U);
  EXPECT_TRUE(distinct.contains({0, 0, 0}));
  EXPECT_TRUE(distinct.contains({1, 1, 1}));
  EXPECT_GT(largest, 100);
}

TEST(TrialRows, AreTheSameInEveryTrial) {
  ProbeRows first = RowsOf(FakeManifest(), {}, 20);
  ProbeRows second = RowsOf(FakeManifest(), {}, 20);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(NumbersOf(first, i), NumbersOf(second, i));
  }
}

TEST(TrialRows, BeginWithGoldenAndReferenceRowsThatFit) {
  model::Manifest manifest = FakeManifest();
  manifest.golden.resize(1);
  manifest.golden[0].features = {0.5, 0.25, 0.125};
  const std::vector<json::Json> reference = {{5, 6, 7}, {1, 2}, {8, 9, 10}};
  ProbeRows rows = RowsOf(manifest, reference, 16);
  EXPECT_EQ(NumbersOf(rows, 0), (std::vector<double>{0.5, 0.25, 0.125}));
  EXPECT_EQ(NumbersOf(rows, 1), (std::vector<double>{5, 6, 7}));
  EXPECT_EQ(NumbersOf(rows, 2), (std::vector<double>{8, 9, 10}));
  EXPECT_EQ(CountOf(rows, RowKind::kReference), 2U);
  EXPECT_GE(CountOf(rows, RowKind::kMixed), 3U);
}

TEST(TrialRows, HaveMissingValuesOnlyWhereTheManifestAllowsThem) {
  model::Manifest manifest = FakeManifest();
  EXPECT_EQ(CountOf(RowsOf(manifest, {}, 16), RowKind::kMissing), 0U);
  manifest.allow_missing = true;
  ProbeRows rows = RowsOf(manifest, {}, 16);
  EXPECT_EQ(CountOf(rows, RowKind::kMissing), 1U);
}

TEST(TrialRows, OfTextsAreDistinctAndKeepToThoseOfTheReferenceInMixtures) {
  const model::Manifest manifest = EchoManifest(FakeEchoSession().signature());
  const std::vector<json::Json> reference = {{1, 2, "genoa"}, {3, 4, "hamburg"}};
  ProbeRows rows = RowsOf(manifest, reference, 24);
  std::set<std::string> texts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string text = rows.buffers().Views(i, 1)[1].strings[0];
    if (rows.kind(i) == RowKind::kMixed) {
      EXPECT_TRUE(text == "genoa" || text == "hamburg") << text;
    }
    texts.insert(text);
  }
  EXPECT_GT(texts.size(), 8U);
}

TEST(TrialRows, OfTensorsHaveTheInnerSizeThatIsAskedFor) {
  model::Signature signature;
  signature.inputs = {{.name = "x", .type = model::DataType::kInt8, .shape = {-1, -1, 2}}};
  ProbeRows rows(signature, 4, 5);
  EXPECT_EQ(rows.elements(), 8U);
  const auto views = rows.buffers().Views(0, 5);
  EXPECT_EQ(model::Shape(views[0].shape.begin(), views[0].shape.end()), (model::Shape{5, 4, 2}));
}

}  // namespace
}  // namespace moorage::servable

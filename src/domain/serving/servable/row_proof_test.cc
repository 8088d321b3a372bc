#include "domain/serving/servable/row_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "domain/serving/servable/probe.h"
#include "domain/serving/servable/testing/row_models.h"
#include "foundation/base/clock.h"

namespace moorage::servable {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

ProbeReport ReportOn(const std::string& model) {
  const auto servable = RowModel(model);
  if (servable == nullptr) return {};
  return Probe(*servable, {.batch_size = 32}, base::SystemClock::Get());
}

// The rows of these models depend on each other, each in another way.
class ModelsThatMixRows : public testing::TestWithParam<const char*> {};

TEST_P(ModelsThatMixRows, NeverShareARun) {
  const ProbeReport report = ReportOn(std::string("mixes_") + GetParam());
  EXPECT_FALSE(report.batchable()) << GetParam();
  EXPECT_THAT(report.sharing, AnyOf(RowSharing::kRefuted, RowSharing::kUnproved));
}

INSTANTIATE_TEST_SUITE_P(All, ModelsThatMixRows,
                         testing::Values("batch_normalization", "cumulative_sum",
                                         "dynamic_quantization", "label_by_rank", "large_batches",
                                         "log_softmax", "mean", "non_zero", "normalization",
                                         "outliers", "softmax", "text_of_the_first", "top_k"));

class ModelsOfIndependentRows : public testing::TestWithParam<const char*> {};

TEST_P(ModelsOfIndependentRows, AreProvedToShareRuns) {
  const ProbeReport report = ReportOn(GetParam());
  EXPECT_TRUE(report.batchable()) << report.sharing_detail;
  EXPECT_GE(report.proof.rows, 3U);
  EXPECT_THAT(report.proof.batch_sizes, testing::ElementsAre(2, 3, 8, 32));
  EXPECT_LE(report.proof.worst, 1e-3);
  EXPECT_TRUE(report.deterministic);
  EXPECT_EQ(report.note, "");
}

INSTANTIATE_TEST_SUITE_P(All, ModelsOfIndependentRows,
                         testing::Values("batch_normalization", "classifier", "embedding",
                                         "layer_normalization", "sequence_softmax"));

TEST(TheProof, NamesTheOutputTheDifferenceAndTheRowThatDiffered) {
  const ProbeReport report = ReportOn("mixes_mean");
  EXPECT_EQ(report.sharing, RowSharing::kRefuted);
  EXPECT_THAT(report.sharing_detail, HasSubstr("output 'output' differs by "));
  EXPECT_THAT(report.sharing_detail, HasSubstr(" in a run of 2 rows, for a row of "));
  EXPECT_THAT(report.note, HasSubstr("requests do not share runs: output 'output'"));
}

TEST(TheProof, FindsWhatShowsInLargeBatchesOnly) {
  EXPECT_THAT(ReportOn("mixes_large_batches").sharing_detail, HasSubstr("in a run of 32 rows"));
}

TEST(TheProof, IsNotNeededWhereTheManifestForbidsSharing) {
  const auto servable = RowModel("classifier");
  ASSERT_NE(servable, nullptr);
  servable->manifest.batchable = false;
  const ProbeReport report = Probe(*servable, {.batch_size = 32}, base::SystemClock::Get());
  EXPECT_EQ(report.sharing, RowSharing::kForbidden);
  EXPECT_FALSE(report.batchable());
  EXPECT_EQ(report.note, "");
}

TEST(TheProof, IsNotReplacedByAManifestThatAllowsSharing) {
  const auto servable = RowModel("mixes_mean");
  ASSERT_NE(servable, nullptr);
  servable->manifest.batchable = true;
  EXPECT_FALSE(Probe(*servable, {.batch_size = 32}, base::SystemClock::Get()).batchable());
}

TEST(TheProof, UsesRowsThatAreGivenWhereMadeOnesDoNotFit) {
  // Only numbers below 12 are words. Most made rows are.
  const ProbeReport report = ReportOn("embedding");
  EXPECT_LT(report.proof.rows, 32U);
  EXPECT_TRUE(report.batchable());
}

}  // namespace
}  // namespace moorage::servable

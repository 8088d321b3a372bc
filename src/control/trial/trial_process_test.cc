#include "control/trial/trial_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace moorage::trial {
namespace {

using servable::ProbeEnd;
using testing::HasSubstr;
using worker::ChildEnd;

const worker::ChildLimits kLimits{.memory_bytes = 512U << 20U};

worker::ChildOutcome Ended(ChildEnd end, const std::string& answer, int signal = 0) {
  worker::ChildOutcome outcome;
  outcome.end = end;
  outcome.signal = signal;
  outcome.answer = answer;
  return outcome;
}

TEST(TheProcessOfATrial, ThatExitsHasTheReportOfItsAnswer) {
  servable::ProbeReport report;
  report.sharing = servable::RowSharing::kProved;
  const auto read = ReadOutcome(Ended(ChildEnd::kExited, EncodeReport(report)), kLimits);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, report);
}

TEST(TheProcessOfATrial, ThatASignalEndsIsAReportWithTheSignalAndTheRun) {
  const auto read = ReadOutcome(
      Ended(ChildEnd::kSignal, EncodeStep("a run of one row of zeros"), SIGFPE), kLimits);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->end, ProbeEnd::kSignal);
  EXPECT_EQ(read->end_detail, "was ended by signal 8 (SIGFPE) during a run of one row of zeros");
}

TEST(TheProcessOfATrial, ThatTakesTooMuchIsAReport) {
  const auto memory = ReadOutcome(Ended(ChildEnd::kMemory, ""), kLimits);
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ(memory->end, ProbeEnd::kMemory);
  EXPECT_THAT(memory->end_detail, HasSubstr("of memory"));
  const auto time =
      ReadOutcome(Ended(ChildEnd::kProcessorTime, EncodeStep("the opening of its graph")), kLimits);
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(time->end, ProbeEnd::kProcessorTime);
  EXPECT_THAT(time->end_detail, HasSubstr("during the opening of its graph"));
}

TEST(TheProcessOfATrial, ThatTheMachineEndsIsAnErrorAndNoReport) {
  EXPECT_EQ(ReadOutcome(Ended(ChildEnd::kWallTime, ""), kLimits).error().code,
            base::Code::kDeadline);
  EXPECT_EQ(ReadOutcome(Ended(ChildEnd::kSignal, "", SIGKILL), kLimits).error().code,
            base::Code::kUnavailable);
  EXPECT_EQ(ReadOutcome(Ended(ChildEnd::kExited, EncodeStep("a run")), kLimits).error().code,
            base::Code::kUnavailable)
      << "it exited without an answer";
}

TEST(TheProcessOfATrial, ThatCannotAnswerIsUnavailable) {
  TrialProcess prober({.batch_size = 8, .executable = "/bin/false"});
  EXPECT_EQ(prober.batch_size(), 8U);
  model::Artifact artifact;
  artifact.model = std::make_shared<const std::string>("bytes");
  const base::Status opened = prober.TryOpen(artifact, {});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, base::Code::kUnavailable);
}

TEST(TheLimitsOfATrial, GrowWithTheFilesAndWithTheRows) {
  model::Artifact artifact;
  artifact.model = std::make_shared<const std::string>(100U << 20U, 'x');
  const worker::ChildLimits large = TrialLimitsOf(artifact, std::chrono::seconds(5));
  artifact.model = std::make_shared<const std::string>("x");
  const worker::ChildLimits small = TrialLimitsOf(artifact, std::chrono::seconds(5));
  EXPECT_GT(large.processor_time, small.processor_time);
  EXPECT_EQ(large.wall_time, std::chrono::seconds(5));
  EXPECT_GE(large.memory_bytes, small.memory_bytes);
  artifact.manifest.signature.inputs = {
      {.name = "x", .type = model::DataType::kFp32, .shape = {-1, 1 << 20}}};
  EXPECT_GE(TrialLimitsOf(artifact, std::chrono::seconds(5)).memory_bytes, small.memory_bytes);
}

}  // namespace
}  // namespace moorage::trial

#include "control/trial/trial_message.h"

#include <gtest/gtest.h>

namespace moorage::trial {
namespace {

std::string BytesOf(const TrialTask& task) {
  const TaskPieces pieces = EncodeTask(task);
  std::string bytes = pieces.head;
  for (const std::string_view file : pieces.files) bytes += file;
  return bytes;
}

TrialTask FullTask() {
  TrialTask task;
  task.kind = TrialKind::kRun;
  task.batch_size = 8;
  task.rows = {json::Json::array({1, nullptr, "a"})};
  task.artifact.digest = model::DigestOf("all");
  task.artifact.model = std::make_shared<const std::string>(std::string("\0\n{", 3));
  task.artifact.external = {{"w.bin", std::make_shared<const std::string>("weights")}};
  task.artifact.manifest.description = "a model";
  return task;
}

TEST(ATrialsTask, IsTheSameAfterItWasSent) {
  const auto read = DecodeTask(BytesOf(FullTask()));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->kind, TrialKind::kRun);
  EXPECT_EQ(read->batch_size, 8U);
  EXPECT_EQ(read->rows, FullTask().rows);
  EXPECT_EQ(read->artifact.digest, model::DigestOf("all"));
  EXPECT_EQ(*read->artifact.model, std::string("\0\n{", 3));
  ASSERT_EQ(read->artifact.external.size(), 1U);
  EXPECT_EQ(read->artifact.external[0].name, "w.bin");
  EXPECT_EQ(*read->artifact.external[0].bytes, "weights");
  EXPECT_EQ(read->artifact.manifest, FullTask().artifact.manifest);
}

TEST(ATrialsTask, ThatWasCutOffIsRefused) {
  const std::string bytes = BytesOf(FullTask());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeTask(bytes.substr(0, size)).ok()) << size;
  }
}

TEST(ATrialsAnswer, HasTheLastStepAndTheResult) {
  servable::ProbeReport report;
  report.batch_size = 32;
  report.note = "two\nlines";
  const TrialAnswer answer = DecodeAnswer(EncodeStep("the opening of its graph") +
                                          EncodeStep("a run") + EncodeReport(report));
  EXPECT_EQ(answer.step, "a run");
  ASSERT_TRUE(answer.result.has_value());
  ASSERT_TRUE(answer.result->ok()) << answer.result->error().message;
  EXPECT_EQ(**answer.result, report);
  EXPECT_TRUE(DecodeAnswer(EncodeOpened()).result->ok());
}

TEST(ATrialsAnswer, ThatWasCutOffHasNoResult) {
  const TrialAnswer answer = DecodeAnswer(EncodeStep("a run") + "report {\"format\":");
  EXPECT_EQ(answer.step, "a run");
  EXPECT_FALSE(answer.result.has_value());
  EXPECT_FALSE(DecodeAnswer("").result.has_value());
}

TEST(ATrialsAnswer, KeepsAnErrorAsItIs) {
  const TrialAnswer answer =
      DecodeAnswer(EncodeError({base::Code::kUnsupported, "an operator\nis not known"}));
  ASSERT_TRUE(answer.result.has_value());
  EXPECT_EQ(answer.result->error().code, base::Code::kUnsupported);
  EXPECT_EQ(answer.result->error().message, "an operator\nis not known");
}

}  // namespace
}  // namespace moorage::trial

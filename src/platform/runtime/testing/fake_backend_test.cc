#include "platform/runtime/testing/fake_backend.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace moorage::runtime {
namespace {

using base::Code;

base::Result<Outputs> RunRows(const Session& session, const std::vector<float>& values,
                              RunControl* control = nullptr) {
  const std::int64_t shape[] = {static_cast<std::int64_t>(values.size()) / 3, 3};
  model::TensorView view;
  view.shape = shape;
  view.bytes = std::as_bytes(std::span<const float>(values));
  return session.Run({&view, 1}, {}, control);
}

TEST(FakeBackend, AnswersWithTheMeanOfARow) {
  FakeScript script;
  FakeBackend backend(script);
  const auto session = backend.Open({});
  ASSERT_TRUE(session.ok());
  const auto outputs = RunRows(**session, {0, 0, 0.75F, 1, 1, 0.25F});
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(NumberAt(outputs->tensors()[0], 0), 0);
  EXPECT_EQ(NumberAt(outputs->tensors()[0], 1), 1);
  EXPECT_EQ(NumberAt(outputs->tensors()[1], 1), 0.25);
  EXPECT_EQ(NumberAt(outputs->tensors()[1], 3), 0.75);
  EXPECT_EQ(script.batches(), std::vector<std::size_t>{2});
}

TEST(FakeBackend, FailsAndBlocksAsItIsTold) {
  FakeScript script;
  FakeBackend backend(script);
  const auto session = backend.Open({});
  ASSERT_TRUE(session.ok());
  script.FailOnFirstFeature(7);
  EXPECT_EQ(RunRows(**session, {7, 0, 0}).error().code, Code::kInternal);
  script.Block();
  const auto control = (*session)->MakeControl();
  std::thread runner([&] {
    EXPECT_EQ(RunRows(**session, {1, 0, 0}, control.get()).error().code, Code::kDeadline);
  });
  script.AwaitRuns(2);
  control->Terminate();
  runner.join();
  script.Release();
  EXPECT_TRUE(RunRows(**session, {1, 0, 0}).ok());
  script.FailOpen(base::Error{Code::kInvalid, "no"});
  EXPECT_FALSE(backend.Open({}).ok());
}

}  // namespace
}  // namespace moorage::runtime

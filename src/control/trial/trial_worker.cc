#include "control/trial/trial_worker.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <string>
#include <utility>

#include "control/trial/trial_message.h"
#include "domain/serving/servable/prober.h"
#include "foundation/base/clock.h"
#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/worker/child_process.h"
#include "platform/worker/worker_channel.h"

namespace moorage::trial {
namespace {

// The size of the largest artifact, and what the head of a task may have beside it.
constexpr std::size_t kMostInput = std::size_t{17} << 30;

// The most memory that was ever resident.
std::uint64_t PeakMemory() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) << 10U;
}

// Nothing can be answered without memory. The exit code says it.
[[noreturn]] void EndForMemory() { ::_exit(worker::kMemoryExitCode); }

std::string AnswerTo(const TrialTask& task) {
  runtime::OnnxBackend backend;
  const std::uint64_t before = PeakMemory();
  servable::ProberHere prober(backend, base::SystemClock::Get(), task.batch_size,
                              [](std::string_view step) {
                                // A parent that does not read has given the trial up, and ends it.
                                (void)worker::WriteAnswer(EncodeStep(step));
                              });
  if (task.kind == TrialKind::kOpen) {
    const base::Status opened = prober.TryOpen(task.artifact, {});
    if (!opened.ok() && opened.error().code == base::Code::kExhausted) EndForMemory();
    return opened.ok() ? EncodeOpened() : EncodeError(opened.error());
  }
  auto report = prober.Probe({.artifact = task.artifact, .rows = task.rows});
  if (!report.ok()) {
    if (report.error().code == base::Code::kExhausted) EndForMemory();
    return EncodeError(report.error());
  }
  report->peak_memory = PeakMemory() - std::min(before, PeakMemory());
  return EncodeReport(*report);
}

}  // namespace

int RunTrial() {
  std::set_new_handler(&EndForMemory);
  const auto input = worker::ReadInput(kMostInput);
  if (!input.ok()) return 1;
  const auto task = DecodeTask(*input);
  const std::string answer = task.ok() ? AnswerTo(*task) : EncodeError(task.error());
  return worker::WriteAnswer(answer).ok() ? 0 : 1;
}

}  // namespace moorage::trial

#include "control/trial/trial_process.h"

#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "control/trial/trial_worker.h"
#include "domain/serving/servable/probe_rows.h"

namespace moorage::trial {
namespace {

using base::Code;
using base::Error;
using base::Result;
using servable::ProbeEnd;
using servable::ProbeReport;
using worker::ChildEnd;

constexpr std::size_t kMiB = std::size_t{1} << 20;
// The program, its libraries and the trial rows.
constexpr std::size_t kOwnMemory = 384 * kMiB;
// Weights are held by the input, by its copy, by the library, and once more in another layout.
constexpr std::size_t kMemoryPerByte = 8;
// Rows that run together, with what is computed from them.
constexpr std::size_t kRows = 128;
constexpr std::chrono::seconds kOwnTime{7};
constexpr std::size_t kBytesPerSecond = 8 * kMiB;

std::size_t BytesOf(const model::Artifact& artifact) {
  std::size_t bytes = artifact.model ? artifact.model->size() : 0;
  for (const model::NamedBytes& file : artifact.external) bytes += file.bytes->size();
  return bytes;
}

// What an end by a signal or a bound is called in the report. Nothing for other ends.
std::optional<ProbeEnd> FaultOf(const worker::ChildOutcome& outcome) {
  switch (outcome.end) {
    case ChildEnd::kSignal:
      // The kernel or an operator kills with these. A graph raises others.
      if (outcome.signal == SIGKILL || outcome.signal == SIGTERM) return std::nullopt;
      return ProbeEnd::kSignal;
    case ChildEnd::kMemory:
      return ProbeEnd::kMemory;
    case ChildEnd::kProcessorTime:
      return ProbeEnd::kProcessorTime;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string ThisProgram() {
  const std::string link = "/proc/self/exe";
  std::string path(PATH_MAX, '\0');
  const ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
  if (length <= 0 || length == static_cast<ssize_t>(path.size())) return link;
  path.resize(static_cast<std::size_t>(length));
  // The file was replaced by an upgrade. The link still is the program that runs.
  return path.ends_with(" (deleted)") ? link : path;
}

worker::ChildLimits TrialLimitsOf(const model::Artifact& artifact,
                                  std::chrono::milliseconds wall_time) {
  const std::size_t bytes = BytesOf(artifact);
  [[maybe_unused]] const std::size_t row =
      RowBytesOf(servable::FormOf(artifact.manifest.signature, 1));
  worker::ChildLimits limits;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  limits.memory_bytes = kOwnMemory + kMemoryPerByte * bytes + kRows * row;
#endif
  limits.processor_time =
      kOwnTime + std::chrono::seconds(static_cast<std::int64_t>(bytes / kBytesPerSecond));
  limits.wall_time = wall_time;
  limits.answer_bytes = 16 * kMiB;
  return limits;
}

Result<ProbeReport> ReadOutcome(const worker::ChildOutcome& outcome,
                                const worker::ChildLimits& limits) {
  TrialAnswer answer = DecodeAnswer(outcome.answer);
  if (outcome.end == ChildEnd::kExited && outcome.exit_code == 0 && answer.result) {
    return *std::move(answer.result);
  }
  const std::string during = answer.step.empty() ? "" : " during " + answer.step;
  const std::string how =
      (outcome.end == ChildEnd::kSignal ? "was " : "") + Describe(outcome, limits) + during;
  if (const auto fault = FaultOf(outcome)) {
    ProbeReport report;
    report.end = *fault;
    report.end_detail = how;
    return report;
  }
  const Code code = outcome.end == ChildEnd::kWallTime ? Code::kDeadline : Code::kUnavailable;
  return Error{code, "the process of its trial " + how};
}

base::Status TrialProcess::TryOpen(const model::Artifact& artifact,
                                   const base::CancelToken& cancel) {
  const TrialTask task{.kind = TrialKind::kOpen, .artifact = artifact, .rows = {}};
  ASSIGN_OR_RETURN(const ProbeReport report, Run(task, options_.wall_time, cancel));
  if (report.quarantined()) return QuarantineError(report);
  return {};
}

Result<ProbeReport> TrialProcess::Probe(const servable::ProbeRequest& request) {
  return Run({.kind = TrialKind::kRun,
              .artifact = request.artifact,
              .rows = request.rows,
              .batch_size = options_.batch_size},
             std::min(options_.wall_time, request.limit), request.cancel);
}

Result<ProbeReport> TrialProcess::Run(const TrialTask& task, std::chrono::milliseconds limit,
                                      const base::CancelToken& cancel) const {
  const TaskPieces pieces = EncodeTask(task);
  std::vector<std::string_view> input = {pieces.head};
  input.insert(input.end(), pieces.files.begin(), pieces.files.end());
  const worker::ChildLimits limits = TrialLimitsOf(task.artifact, limit);
  ASSIGN_OR_RETURN(
      const worker::ChildOutcome outcome,
      RunChild({.executable = options_.executable, .arguments = {std::string(kTrialCommand)}},
               input, limits, cancel));
  auto report = ReadOutcome(outcome, limits);
  if (report.ok()) report->batch_size = options_.batch_size;
  return report;
}

}  // namespace moorage::trial

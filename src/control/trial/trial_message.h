#pragma once

// What goes between the server and the process of a trial. Both are the same program, so the form
// may change with every build. Pure.
//
// A task is the decimal length of its head, a line feed, the head as JSON, and the files one after
// another. An answer is a line for each step that begins ("step a run of one row of zeros"), and a
// last line with the result ("report {...}", "opened" or "error {...}").

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/serving/servable/probe_report.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/artifact.h"

namespace moorage::trial {

enum class TrialKind : std::uint8_t {
  kOpen,  // the manifest is not read
  kRun,
};

struct TrialTask {
  TrialKind kind = TrialKind::kOpen;
  model::Artifact artifact;
  std::vector<json::Json> rows;
  std::size_t batch_size = 32;
};

// The parts of a task as bytes. They point into the task, except for the first, which is `head`.
struct TaskPieces {
  std::string head;
  std::vector<std::string_view> files;
};
TaskPieces EncodeTask(const TrialTask& task);
base::Result<TrialTask> DecodeTask(std::string_view bytes);

std::string EncodeStep(std::string_view step);
std::string EncodeOpened();
std::string EncodeReport(const servable::ProbeReport& report);
std::string EncodeError(const base::Error& error);

// What is read of an answer, which may have been cut off.
struct TrialAnswer {
  std::string step;  // the last one that began, empty if none has
  // The result. Nothing if the trial was ended before. Opening has a report without figures.
  std::optional<base::Result<servable::ProbeReport>> result;
};
TrialAnswer DecodeAnswer(std::string_view bytes);

}  // namespace moorage::trial

#pragma once

// What trial runs show of an artifact. A plain value. It is made once for each artifact, engine and
// class of processor, and stored as the document of docs/formats/probe.md.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/serving/servable/probe_finding.h"
#include "domain/serving/servable/run_cost.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"

namespace moorage::servable {

// How the trial ended. Everything but kFinished puts the artifact into quarantine.
enum class ProbeEnd : std::uint8_t {
  kFinished,
  kSignal,         // a signal ended the process of the trial
  kMemory,         // it took more memory than it may
  kProcessorTime,  // it computed for longer than it may
};

// Whether rows of different requests may share a run.
enum class RowSharing : std::uint8_t {
  kProved,     // distinct rows gave the same values together as alone
  kForbidden,  // the manifest has `batchable: false`
  kFixed,      // the signature fixes the number of rows
  kRefuted,    // a row answered differently beside others
  kUnproved,   // it could not be tried
};

// How sharing was tried. Two floating-point values are the same if they differ by at most
// `absolute` + `relative` times the largest value of the row. Other values must be equal.
struct RowProof {
  std::size_t rows = 0;                  // distinct rows that were compared
  std::vector<std::size_t> batch_sizes;  // in which they ran together
  double relative = 0;                   // of FP32 and FP64
  double absolute = 0;                   // of FP32 and FP64
  double worst = 0;                      // the largest difference that was seen
  bool exact = false;                    // every bit was the same

  bool operator==(const RowProof&) const = default;
};

struct CostPoint {
  std::size_t rows = 0;
  std::size_t elements = 0;  // of all inputs of one row
  base::Duration time{0};    // the median of repeated runs

  bool operator==(const CostPoint&) const = default;
};

// The finite numbers of one output over all trial rows.
struct OutputRange {
  std::string name;
  double lowest = 0;
  double highest = 0;
  double lowest_sum = 0;  // of the elements of one row
  double highest_sum = 0;

  bool operator==(const OutputRange&) const = default;
};

struct ProbeReport {
  ProbeEnd end = ProbeEnd::kFinished;
  std::string end_detail;  // "was ended by signal 8 (SIGFPE) during a run of one row of zeros"

  std::size_t batch_size = 0;  // the largest number of rows that was tried
  RowSharing sharing = RowSharing::kUnproved;
  std::string sharing_detail;  // why rows do not share a run
  RowProof proof;
  bool deterministic = true;  // a second run gave the same bits
  bool finite = true;         // no output was NaN or infinite

  RunCost cost;
  std::vector<CostPoint> costs;
  // Why the cost of a run may depend on the values or the size of its inputs. Empty if it does not.
  std::vector<std::string> data_dependent;

  std::uint64_t peak_memory = 0;  // bytes that loading and running took, 0 if not measured
  std::uint64_t output_row = 0;   // bytes of all outputs of one row
  std::vector<OutputRange> outputs;
  std::vector<ProbeFinding> findings;  // what contradicts the manifest, or should be known
  std::string note;                    // what the operator should know, empty as a rule

  bool batchable() const { return sharing == RowSharing::kProved; }
  // What a push is refused for. It is not in quarantine, and is served with a note.
  bool refuted() const { return std::ranges::any_of(findings, &ProbeFinding::refuted); }
  bool quarantined() const { return end != ProbeEnd::kFinished; }

  bool operator==(const ProbeReport&) const = default;
};

std::string_view Name(ProbeEnd end);
std::string_view Name(RowSharing sharing);

// The error of an artifact in quarantine, with what ended its trial. kInvalid.
base::Error QuarantineError(const ProbeReport& report);

// The document of docs/formats/probe.md. The reader is strict.
json::Json ToJson(const ProbeReport& report);
base::Result<ProbeReport> ProbeReportFromJson(const json::Json& json);

}  // namespace moorage::servable

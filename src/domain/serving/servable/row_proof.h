#pragma once

// Proves that rows of different requests may share a run, by running distinct rows alone and
// together. Every row runs with several neighbours, in batches of several sizes and in several
// orders. What is not proved runs alone. One thread.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "domain/serving/servable/probe_report.h"
#include "domain/serving/servable/probe_rows.h"
#include "domain/serving/servable/solo_answers.h"
#include "foundation/base/clock.h"
#include "platform/runtime/session.h"

namespace moorage::servable {

struct ProofLimits {
  std::size_t batch_size = 32;                       // the largest batch, at least 2
  base::Duration budget = std::chrono::seconds(1);   // for repeated orders
  base::Duration longest = std::chrono::seconds(3);  // for one order of all sizes
};

struct ProofVerdict {
  RowSharing sharing = RowSharing::kUnproved;
  std::string detail;  // why rows do not share a run, empty if it is proved
  RowProof proof;
};

// `solo` has the answers of the rows that ran alone, each in about `per_row`.
ProofVerdict ProveSharing(const runtime::Session& session, ProbeRows& rows, SoloAnswers& solo,
                          base::Duration per_row, const ProofLimits& limits,
                          const base::Clock& clock);

}  // namespace moorage::servable

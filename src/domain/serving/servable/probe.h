#pragma once

// The trial runs of a version that has just been opened. They show whether rows of different
// requests may share a run, what a run costs, and what the outputs look like. A hostile graph may
// end the process or never return, so Prober runs them in a process of their own.

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "domain/serving/servable/probe_report.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/json/json.h"

namespace moorage::servable {

struct ProbeOptions {
  std::size_t batch_size = 32;            // the largest batch that is tried
  std::span<const json::Json> rows = {};  // of reference data, each as `/predict` takes it
  // Called with what is run next ("a run of one row of zeros"). May be empty.
  std::function<void(std::string_view)> step = {};
};

// Runs `servable`, whose session, layout and reader are there. Takes about 1 s at most, unless a
// single run takes longer than 50 ms. Then it takes 3 s and one run.
ProbeReport Probe(const Servable& servable, const ProbeOptions& options, const base::Clock& clock);

}  // namespace moorage::servable

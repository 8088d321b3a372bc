#pragma once

// What the answers of trial rows show against the manifest. Plain values.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/error.h"
#include "foundation/base/result.h"
#include "foundation/json/json_reader.h"
#include "foundation/model/manifest.h"

namespace moorage::servable {

// What was looked at.
enum class AnswerCheck : std::uint8_t {
  kForm,     // datatype and shape are the declared ones
  kFinite,   // no NaN and no infinity
  kRange,    // probabilities lie in 0 to 1
  kSum,      // the probabilities of a row sum to 1
  kLabel,    // the label is in the list
  kHighest,  // the label is the class of the highest score
  kRun,      // the model answers the rows that came with it
};

struct ProbeFinding {
  AnswerCheck check = AnswerCheck::kForm;
  // True if the manifest states something false, so a push is refused. False if the operator should
  // know it.
  bool refuted = false;
  std::string output;   // its name, or empty for kRun
  std::string problem;  // "of a row of zeros is NaN (in 3 of 12 rows)"

  bool operator==(const ProbeFinding&) const = default;
};

std::string_view Name(AnswerCheck check);

// "output 'y' of a row of zeros is NaN (in 3 of 12 rows)"
std::string Describe(const ProbeFinding& finding);

// The error of a push, with a detail for each finding that is refuted. kInvalid. At least one is.
base::Error RefutedError(std::span<const ProbeFinding> findings, const model::Manifest& manifest);

// A member of the document in docs/formats/probe.md.
json::Json ToJson(const ProbeFinding& finding);
base::Result<ProbeFinding> ReadFinding(const json::JsonReader& reader);

}  // namespace moorage::servable

#pragma once

// Judges the answers of trial rows by what the manifest states. Pure.
//
// Golden requests and reference data decide where a model has them. Otherwise zeros, ones and
// numbers of usual size decide. Outliers and missing values never decide, because a sound model may
// answer NaN to them. What does not refute the manifest is still found.

#include <span>
#include <string>
#include <vector>

#include "domain/serving/servable/probe_finding.h"
#include "domain/serving/servable/probe_rows.h"
#include "foundation/model/manifest.h"
#include "foundation/model/tensor.h"

namespace moorage::servable {

// How far the probabilities of a row may be from a sum of 1. A sum of rounded FP32 is nearer by
// orders of magnitude, and independent probabilities are farther.
inline constexpr double kSumTolerance = 1e-3;
inline constexpr double kHalfSumTolerance = 0.02;  // of FP16 and BF16

// The answer of a row that ran alone, or the reason why there is none.
struct TrialRow {
  RowKind kind = RowKind::kZeros;
  std::vector<model::TensorView> outputs = {};  // those of the signature, one for one
  std::string failed = {};                      // empty if it ran
};

// What is refuted comes first. Each check of an output is at most one finding.
//  - A label that is not in the list refutes the list. So do labels that contradict the highest
//    scores in more than half of the deciding rows and between more than one pair of classes.
//    A model's own threshold moves labels between two classes in one direction only.
//  - A probability outside 0 to 1 refutes the role.
//  - Sums beyond the tolerance refute it in more than half of the deciding rows.
//  - NaN and infinity refute it where every deciding row has one.
//  - Sums, NaN and infinity need 3 deciding rows to refute, or golden requests or reference data.
//  - A datatype or shape that a prediction cannot be read from refutes the signature.
//  - A model that answers none of its own reference rows is refuted.
std::vector<ProbeFinding> JudgeAnswers(const model::Manifest& manifest,
                                       std::span<const TrialRow> rows);

}  // namespace moorage::servable

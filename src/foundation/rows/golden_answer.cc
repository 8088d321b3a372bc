#include "foundation/rows/golden_answer.h"

#include <cmath>
#include <cstdio>
#include <string>

namespace moorage::rows {

namespace {

using base::Code;
using base::Error;
using base::Status;

// %.9g shows every float exactly enough to tell it from the next.
std::string NineDigits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

Error Differs(const std::string& what, const std::string& expected, const std::string& got) {
  return Error{Code::kInvalid, what + ": expected " + expected + ", got " + got};
}

std::string WithTolerance(double expected, double tolerance) {
  return NineDigits(expected) + " within " + NineDigits(tolerance);
}

std::string Describe(const Prediction& prediction) {
  if (prediction.text) return "'" + std::string(*prediction.text) + "'";
  if (prediction.integer) return std::to_string(*prediction.integer);
  return prediction.value ? NineDigits(*prediction.value) : "nothing";
}

Status ComparePrediction(const model::GoldenRequest& golden, const Prediction& prediction) {
  const json::Json& expected = golden.prediction;
  bool same = false;
  if (prediction.value) {
    if (!expected.is_number())
      return Differs("prediction", json::ToText(expected), Describe(prediction));
    if (IsClose(expected.get<double>(), *prediction.value, golden.tolerance)) return {};
    return Differs("prediction", WithTolerance(expected.get<double>(), golden.tolerance),
                   Describe(prediction));
  }
  if (prediction.integer) {
    // A golden request may write the label 1 as 1.0. Integers are compared as such, because a
    // double rounds from 2^53 on.
    same = expected.is_number_integer()
               ? expected == json::Json(*prediction.integer)
               : expected.is_number() &&
                     expected.get<double>() == static_cast<double>(*prediction.integer);
  } else if (prediction.text) {
    const auto* text = expected.get_ptr<const json::Json::string_t*>();
    same = text != nullptr && *text == *prediction.text;
  }
  if (same) return {};
  return Differs("prediction", json::ToText(expected), Describe(prediction));
}

}  // namespace

bool IsClose(double expected, double got, double tolerance) {
  return std::abs(got - expected) <= tolerance + tolerance * std::abs(expected);
}

Status CompareGolden(const model::GoldenRequest& golden, const Prediction& prediction) {
  RETURN_IF_ERROR(ComparePrediction(golden, prediction));
  if (golden.probability.empty()) return {};
  if (golden.probability.size() != prediction.probabilities.size()) {
    return Differs("probability", std::to_string(golden.probability.size()) + " numbers",
                   std::to_string(prediction.probabilities.size()));
  }
  for (std::size_t i = 0; i < golden.probability.size(); ++i) {
    const double got = prediction.probabilities[i];
    if (IsClose(golden.probability[i], got, golden.tolerance)) continue;
    return Differs("probability[" + std::to_string(i) + "]",
                   WithTolerance(golden.probability[i], golden.tolerance), NineDigits(got));
  }
  return {};
}

}  // namespace moorage::rows

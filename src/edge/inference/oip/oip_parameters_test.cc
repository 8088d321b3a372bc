#include "edge/inference/oip/oip_parameters.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace moorage::inference {
namespace {

using std::chrono::microseconds;

std::string ProblemOfParameters(std::string_view text,
                                ParametersOf owner = ParametersOf::kRequest) {
  json::JsonCursor json(text);
  const auto read = ReadOipParameters(json, "parameters", owner);
  if (!read.ok()) return read.error().message;
  return json.AtEnd() ? "none" : json.problem();
}

std::optional<base::Duration> TimeoutOf(std::string_view text) {
  json::JsonCursor json(text);
  const auto read = ReadOipParameters(json, "parameters", ParametersOf::kRequest);
  EXPECT_TRUE(read.ok()) << text;
  return read.ok() ? read->timeout : std::nullopt;
}

TEST(OipParameters, MayBeNullAsAWholeAndEachForItself) {
  EXPECT_EQ(ProblemOfParameters("null"), "none");
  EXPECT_EQ(ProblemOfParameters("{}"), "none");
  EXPECT_EQ(ProblemOfParameters(R"({"timeout": null, "priority": null, "binary_data": null,
                                    "sequence_id": null, "classification": null})"),
            "none");
  EXPECT_EQ(ProblemOfParameters("[]"), "parameters: must be an object");
}

TEST(OipParameters, ReadTheTimeoutInMicroseconds) {
  EXPECT_EQ(TimeoutOf(R"({"timeout": 1500})"), microseconds(1500));
  EXPECT_EQ(TimeoutOf(R"({"timeout": 0})"), std::nullopt) << "0 means none";
  EXPECT_EQ(TimeoutOf(R"({"timeout": 18446744073709551615})"), std::nullopt);
  EXPECT_EQ(TimeoutOf(R"({"timeout": 9223372036854775807})"), std::nullopt);
  for (const char* value : {"-1", "1.5", "\"5\"", "true", "[]", "1e400"}) {
    EXPECT_EQ(ProblemOfParameters(R"({"timeout": )" + std::string(value) + "}"),
              "parameters.timeout: must be a whole number of microseconds, at least 0")
        << value;
  }
}

TEST(OipParameters, TakeNoOtherPriorityThanTheDefault) {
  EXPECT_EQ(ProblemOfParameters(R"({"priority": 0})"), "none");
  for (const char* value : {"1", "-1", "\"high\"", "0.5"}) {
    EXPECT_EQ(ProblemOfParameters(R"({"priority": )" + std::string(value) + "}"),
              "parameters.priority: not supported: this server has no priorities; send 0 or leave "
              "it out")
        << value;
  }
}

TEST(OipParameters, RefuseSequencesUnlessTheyMeanNone) {
  EXPECT_EQ(
      ProblemOfParameters(R"({"sequence_id": 0, "sequence_start": false, "sequence_end": false})"),
      "none");
  EXPECT_EQ(ProblemOfParameters(R"({"sequence_id": ""})"), "none");
  for (const char* text : {R"({"sequence_id": 7})", R"({"sequence_id": "a"})",
                           R"({"sequence_start": true})", R"({"sequence_end": {}})"}) {
    EXPECT_NE(ProblemOfParameters(text).find("keeps no state"), std::string::npos) << text;
  }
}

TEST(OipParameters, AreGivenOnce) {
  EXPECT_EQ(ProblemOfParameters(R"({"timeout": 1, "timeout": 2})"),
            "parameters.timeout: given twice");
  EXPECT_EQ(ProblemOfParameters(R"({"priority": null, "priority": 0})"),
            "parameters.priority: given twice");
}

TEST(OipParameters, OfATensorDoNotSchedule) {
  EXPECT_EQ(ProblemOfParameters(R"({"timeout": 1})", ParametersOf::kTensor),
            "parameters.timeout: belongs to the parameters of the request");
}

TEST(OipParameters, OfTheClientAreIgnored) {
  EXPECT_EQ(ProblemOfParameters(R"({"own": [1, {"deep": null}], "own": 2, "timeouts": "x"})"),
            "none");
}

}  // namespace
}  // namespace moorage::inference

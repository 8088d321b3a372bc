#include "control/management/operation_show_model.h"

#include <gtest/gtest.h>

#include "control/management/testing/sample_records.h"

namespace moorage::management {
namespace {

using json::Json;

TEST(ModelDocument, AModelHasItsVersionsWithTheirNewestValidation) {
  control::ModelDetails details{.summary = ASummary(), .versions = {}};
  details.versions.push_back({.version = AVersion(), .validation = AnEvidence()});
  details.versions.push_back({.version = AVersion(), .validation = std::nullopt});
  Json expected = JsonObject(kSummaryMembers);
  expected["versions"] = Json::array(
      {JsonObject(kVersionMembers, "\"validation\": {" + std::string(kEvidenceMembers) + "}"),
       JsonObject(kVersionMembers, "\"validation\": null")});
  EXPECT_EQ(ModelDocument(details), expected);
}

}  // namespace
}  // namespace moorage::management

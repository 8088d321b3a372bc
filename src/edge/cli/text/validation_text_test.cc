#include "edge/cli/text/validation_text.h"

#include <gtest/gtest.h>

namespace moorage::cli_text {
namespace {

using json::Json;

std::string Plain(const std::string& outcome) { return outcome; }

Json Report() {
  return Json::parse(R"({
    "model": "cancer", "version": "1.1.0", "outcome": "FAIL",
    "data": {"rows": 143, "target": "diagnosis"},
    "policy": {"source": "given"},
    "baseline": null,
    "metrics": {"accuracy": 0.986013986013986, "log_loss": 0.25},
    "naive_metrics": {"accuracy": 0.5},
    "gates": [{"name": "metric_threshold", "outcome": "FAIL", "message": "accuracy is too low"}]})");
}

TEST(ValidationText, ShowsMetricsBesideThoseOfTheNaiveModelAndTheVerdictLast) {
  EXPECT_EQ(ValidationText(Report(), &Plain),
            "cancer@1.1.0 on 143 rows, target 'diagnosis'\n"
            "\n"
            "METRIC       VALUE  NAIVE\n"
            "accuracy  0.986014    0.5\n"
            "log_loss      0.25      -\n"
            "\n"
            "GATE              OUTCOME  WHY\n"
            "metric_threshold  FAIL     accuracy is too low\n"
            "\n"
            "FAIL\n");
}

TEST(ValidationText, ComparesWithABaselineWhereThereIsOne) {
  Json report = Report();
  report["baseline"] = {
      {"model", "cancer"}, {"version", "1.0.0"}, {"metrics", {{"accuracy", 0.9}}}};
  const std::string text = ValidationText(report, &Plain);
  EXPECT_NE(text.find("target 'diagnosis', baseline cancer@1.0.0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("METRIC       VALUE  NAIVE  BASELINE\n"
                      "accuracy  0.986014    0.5       0.9\n"
                      "log_loss      0.25      -         -\n"),
            std::string::npos)
      << text;
}

TEST(ValidationText, SaysWhyNothingWasComparedInALineOfItsOwn) {
  Json report = Report();
  report["not_compared"] = "cancer@1.0.0, which is in production, takes other columns";
  EXPECT_TRUE(ValidationText(report, &Plain)
                  .starts_with("cancer@1.1.0 on 143 rows, target 'diagnosis'\n"
                               "not compared: cancer@1.0.0, which is in production, takes other "
                               "columns\n\nMETRIC"));
  report["not_compared"] = nullptr;
  EXPECT_EQ(ValidationText(report, &Plain), ValidationText(Report(), &Plain));
}

TEST(ValidationText, ShowsTheConfusionMatrixUnlessItIsHuge) {
  Json report = Report();
  report["confusion_matrix"] =
      Json::parse(R"({"labels": ["no", "yes"], "counts": [[52, 1], [2, 88]]})");
  EXPECT_NE(ValidationText(report, &Plain)
                .find("TRUE \\ PREDICTED  no  yes\n"
                      "no                52    1\n"
                      "yes                2   88\n"),
            std::string::npos);
  Json labels = Json::array();
  Json counts = Json::array();
  for (int i = 0; i < 21; ++i) {
    labels.push_back(i);
    counts.push_back(Json(std::vector<int>(21, 1)));
  }
  report["confusion_matrix"] = {{"labels", labels}, {"counts", counts}};
  EXPECT_EQ(ValidationText(report, &Plain).find("TRUE"), std::string::npos);
}

TEST(ValidationText, SaysWhenThePolicyWasNobodysChoice) {
  Json report = Report();
  report["outcome"] = "PASS";
  report["policy"]["source"] = "default";
  EXPECT_TRUE(ValidationText(report, &Plain).ends_with("\nPASS by the default policy\n"));
}

TEST(ValidationText, EndsWithWhatTheRuleOfTheAliasMakesOfIt) {
  Json report = Report();
  report["rule"] = {{"alias", "production"}, {"allowed", true}, {"steps", Json::array()}};
  EXPECT_TRUE(ValidationText(report, &Plain).ends_with("\nFAIL\npromote to production: allowed\n"));
}

TEST(ValidationText, PaintsOutcomesOnly) {
  const std::string text =
      ValidationText(Report(), [](const std::string& outcome) { return "<" + outcome + ">"; });
  EXPECT_NE(text.find("metric_threshold  <FAIL>   accuracy"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\n<FAIL>\n"));
}

TEST(ValidationText, KeepsItsTablesWithinTheWidth) {
  Json report = Report();
  report["gates"][0]["message"] = std::string(200, 'x');
  const std::string text = ValidationText(report, &Plain, 60);
  EXPECT_NE(text.find("metric_threshold  FAIL     " + std::string(32, 'x') + "…\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace moorage::cli_text

#include "edge/cli/text/score_table.h"

#include <gtest/gtest.h>

namespace moorage::cli_text {
namespace {

using json::Json;

TEST(ScoreTable, NumbersRowsThroughAllAnswers) {
  const Json answer = Json::parse(
      R"({"predictions": [{"result": "a,b", "confidence": 0.75,
                           "probabilities": {"a,b": 0.75, "c": 0.25}}]})");
  ScoreTable table;
  ASSERT_TRUE(table.Add(answer).ok());
  ASSERT_TRUE(table.Add(answer).ok());
  EXPECT_EQ(table.text(),
            "row,prediction,confidence,\"probability_a,b\",probability_c\n"
            "1,\"a,b\",0.75,0.75,0.25\n"
            "2,\"a,b\",0.75,0.75,0.25\n");
  EXPECT_EQ(table.rows(), 2U);
}

TEST(ScoreTable, HasNoConfidenceOfARegression) {
  ScoreTable table;
  ASSERT_TRUE(table.Add(Json::parse(R"({"predictions": [{"result": 152.5}]})")).ok());
  EXPECT_EQ(table.text(), "row,prediction\n1,152.5\n");
}

TEST(ScoreTable, RefusesAnswersThatAreNamedTensors) {
  ScoreTable table;
  EXPECT_FALSE(table.Add(Json::parse(R"({"outputs": []})")).ok());
}

}  // namespace
}  // namespace moorage::cli_text

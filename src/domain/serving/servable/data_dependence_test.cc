#include "domain/serving/servable/data_dependence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace moorage::servable {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DataDependence, IsNoneOfAPlainGraphWithFixedRows) {
  runtime::GraphInfo graph;
  graph.operators = {"MatMul", "Softmax", "TreeEnsembleClassifier"};
  const model::Signature signature{{{.name = "x", .shape = {-1, 30}}}, {}};
  EXPECT_THAT(ListDataDependence(graph, signature), IsEmpty());
}

TEST(DataDependence, NamesOperatorsThatWorkByValuesAndFreeInnerDimensions) {
  runtime::GraphInfo graph;
  graph.operators = {"Add", "Loop", "Tile"};
  const model::Signature signature{{{.name = "text", .shape = {-1, -1, -1}}}, {}};
  EXPECT_THAT(ListDataDependence(graph, signature),
              ElementsAre("the graph has Loop", "the graph has Tile",
                          "input 'text' has a free inner dimension"));
}

}  // namespace
}  // namespace moorage::servable

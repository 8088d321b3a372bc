#include "foundation/model/signature.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

TensorSpec Spec(std::string name, Shape shape) {
  TensorSpec spec;
  spec.name = std::move(name);
  spec.shape = std::move(shape);
  return spec;
}

TEST(Signature, FindsEntriesByName) {
  const Signature signature{.inputs = {Spec("a", {-1, 2}), Spec("b", {-1, 1})},
                            .outputs = {Spec("a", {-1})}};
  EXPECT_EQ(signature.FindInput("b"), 1U);
  EXPECT_EQ(signature.FindOutput("a"), 0U);
  EXPECT_FALSE(signature.FindOutput("b").has_value());
}

TEST(Signature, IsBatchableOnlyIfEveryInputAndOutputFollowsTheRows) {
  EXPECT_TRUE((Signature{{Spec("x", {-1, 2})}, {Spec("y", {-1})}}.batchable()));
  EXPECT_FALSE((Signature{{Spec("x", {4, 2})}, {Spec("y", {4})}}.batchable()));
  EXPECT_FALSE((Signature{{Spec("x", {-1, 2})}, {Spec("y", {})}}.batchable()))
      << "one for all rows";
  TensorSpec unknown = Spec("y", {});
  unknown.has_shape = false;
  EXPECT_FALSE((Signature{{Spec("x", {-1, 2})}, {unknown}}.batchable()));
}

TEST(Signature, CountsMapsAsRowsAndIgnoresOptionalInputs) {
  TensorSpec maps = Spec("p", {});
  maps.kind = ValueKind::kMapSequence;
  maps.has_shape = false;
  TensorSpec fallback = Spec("w", {4, 4});
  fallback.optional = true;
  EXPECT_TRUE((Signature{{Spec("x", {-1, 2}), fallback}, {maps}}.batchable()));
}

}  // namespace
}  // namespace moorage::model

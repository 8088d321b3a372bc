#include "foundation/model/model_label.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

TEST(ModelLabel, OutlivesTheNamesThatItWasMadeOf) {
  SharedLabel label;
  {
    const ModelName name("cancer");
    const SemVer version = *SemVer::Parse("1.2.0");
    label = MakeLabel(7, name, version);
  }
  EXPECT_EQ(label->id, 7U);
  EXPECT_EQ(label->name, "cancer");
  EXPECT_EQ(label->version, "1.2.0");
}

}  // namespace
}  // namespace moorage::model

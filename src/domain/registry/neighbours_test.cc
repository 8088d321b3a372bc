#include "domain/registry/neighbours.h"

#include <gtest/gtest.h>

#include <vector>

namespace moorage::registry {
namespace {

TEST(NeighboursOf, AreTheReleasesBesideAVersion) {
  std::vector<ModelVersion> versions;
  for (const char* text : {"1.0.0", "1.1.0", "1.2.0-rc.1", "2.0.0"}) {
    versions.push_back({.name = model::ModelName("m"),
                        .version = *model::SemVer::Parse(text),
                        .artifact = {},
                        .size = 0,
                        .created = {},
                        .actor = {},
                        .checks = {},
                        .aliases = {}});
  }
  const auto of = [&](const char* text) {
    const Neighbours found = NeighboursOf(versions, *model::SemVer::Parse(text));
    return (found.below ? found.below->text() : "-") + " " +
           (found.above ? found.above->text() : "-");
  };
  EXPECT_EQ(of("1.2.0"), "1.1.0 2.0.0");
  EXPECT_EQ(of("1.1.0"), "1.0.0 2.0.0");
  EXPECT_EQ(of("0.9.0"), "- 1.0.0");
  EXPECT_EQ(of("3.0.0"), "2.0.0 -");
}

}  // namespace
}  // namespace moorage::registry

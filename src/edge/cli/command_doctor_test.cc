#include <gtest/gtest.h>

#include "control/management/operations.h"
#include "edge/cli/testing/command_fixture.h"

namespace moorage::cli {
namespace {

class Doctor : public CommandFixture {};

TEST_F(Doctor, CountsWhatAHealthyRegistryHolds) {
  Answer(R"({"healthy": true, "versions": 1, "blobs": 3, "bytes": 10, "problems": []})");
  EXPECT_EQ(RunWords({"doctor"}), 0);
  EXPECT_EQ(Printed(), "1 version, 3 blobs, 10 B read and hashed: healthy\n");
  ASSERT_EQ(script_.calls.size(), 1U);
  EXPECT_EQ(script_.calls[0].operation, &management::kDoctor.row);
}

TEST_F(Doctor, ListsTheProblemsOfAnUnhealthyRegistryAndFails) {
  Answer(R"({"healthy": false, "versions": 1, "blobs": 2, "bytes": 10,
             "problems": [{"path": "sha256:00", "problem": "missing"}]})");
  EXPECT_EQ(RunWords({"doctor"}), 3);
  EXPECT_EQ(Printed(),
            "1 version, 2 blobs, 10 B read and hashed: 1 problem\n"
            "  sha256:00: missing\n");
}

TEST_F(Doctor, FailsOnAnUnhealthyRegistryWithJsonToo) {
  Answer(R"({"healthy": false, "versions": 0, "blobs": 0, "bytes": 0, "problems": []})");
  EXPECT_EQ(RunWords({"doctor", "--json"}), 3);
}

}  // namespace
}  // namespace moorage::cli

#include "control/management/operation_doctor.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "control/management/testing/management_fixture.h"
#include "control/management/testing/sample_records.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

class DoctorOperation : public ManagementFixture {};

TEST_F(DoctorOperation, DoctorFindsADamagedFile) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  EXPECT_EQ(Body(Call(kDoctor))["healthy"], true);
  const Json version = Body(ShowVersion("cancer", "1.0.0"));
  for (const Json& file : version["files"]) {
    if (file["name"] != "model.onnx") continue;
    const std::string path = blobs_->PathOf(model::Digest(file["digest"].get<std::string>()));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    std::ofstream(path, std::ios::binary) << "rot";
  }
  const Json sick = Body(Call(kDoctor));
  EXPECT_EQ(sick["healthy"], false);
  EXPECT_FALSE(sick["problems"].empty());
  EXPECT_EQ(Call(kPredict, {{"ref", "cancer@1.0.0"}}, {}, Rows("[[1]]")).error().code,
            Code::kCorrupt);
}

TEST(DoctorDocument, CountsWhatWasReadAndListsTheProblems) {
  registry::VerifyReport report{.versions = 1, .blobs = 3, .bytes = 9, .problems = {}};
  EXPECT_EQ(DoctorDocument(report), JsonOf(R"({"healthy": true, "versions": 1, "blobs": 3,
      "bytes": 9, "problems": []})"));
  report.problems.push_back({"sha256:ee", "is corrupt"});
  EXPECT_EQ(DoctorDocument(report)["healthy"], false);
  EXPECT_EQ(DoctorDocument(report)["problems"],
            JsonOf(R"([{"path": "sha256:ee", "problem": "is corrupt"}])"));
}

}  // namespace
}  // namespace moorage::management

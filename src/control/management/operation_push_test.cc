#include "control/management/operation_push.h"

#include <gtest/gtest.h>

#include <sstream>

#include "control/management/testing/management_fixture.h"
#include "control/management/testing/sample_records.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

class PushOperation : public ManagementFixture {
 protected:
  static std::vector<model::ApiPart> Bare(std::string bytes) {
    return {{"model", "model.onnx", std::move(bytes)}};
  }
};

TEST_F(PushOperation, RegistersEveryExampleAsItsMetadataSays) {
  for (const char* name : {"cancer", "digits", "wine", "diabetes"}) {
    const auto reply = Push(name, ExampleParts(name));
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    EXPECT_EQ(reply->status, 201);
    EXPECT_EQ(reply->body["version"], "1.0.0");
    EXPECT_EQ(reply->body["golden_requests"], 3);
    EXPECT_EQ(reply->body["already_there"], false);
    EXPECT_EQ(reply->body["files"].size(), 3U) << "model.onnx, manifest.json, reference.csv";
    EXPECT_EQ(reply->body["actor"], "ada");
  }
}

TEST_F(PushOperation, InfersTheManifestOfAnExampleWithoutMetadata) {
  const Json cancer = Body(Push("cancer", Bare(Example("cancer/model.onnx"))));
  EXPECT_EQ(cancer["version"], "1.0.0");
  EXPECT_EQ(cancer["task"], "classification");
  EXPECT_FALSE(cancer["inferred"].empty());
  const Json wine = Body(Push("wine", Bare(Example("wine/model.onnx"))));
  EXPECT_EQ(wine["task"], "classification");
  const Json manifest = Body(ShowVersion("wine", "1.0.0"))["manifest"];
  EXPECT_EQ(manifest["labels"], Json({"barbera", "barolo", "grignolino"}))
      << "the graph's own labels";
}

TEST_F(PushOperation, TheSameFilesTwiceAreTheSameVersion) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const auto again = Push("cancer", ExampleParts("cancer"));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->status, 200);
  EXPECT_EQ(again->body["already_there"], true);
  const auto unnamed = Push("cancer", ExampleParts("cancer"), {{"bump", "auto"}});
  ASSERT_TRUE(unnamed.ok()) << unnamed.error().message;
  EXPECT_EQ(unnamed->body["version"], "1.0.0");
  EXPECT_EQ(unnamed->body["already_there"], true);
  EXPECT_EQ(Body(ShowModel("cancer"))["versions"].size(), 1U);
}

// What was told once holds for the versions after it, or each push would be a false MAJOR.
TEST_F(PushOperation, TakesOverWhatTheVersionBeforeWasTold) {
  const auto told = [](const char* options, const char* file) {
    auto parts = Bare(Example(file));
    if (options != nullptr) parts.push_back({"options", "options.json", options});
    return parts;
  };
  std::string names;
  for (int i = 0; i < 30; ++i) names += (i == 0 ? "\"n" : ", \"n") + std::to_string(i) + "\"";
  const std::string options = R"({"allow_missing": true, "features": [)" + names + "]}";
  ASSERT_TRUE(Push("m", told(options.c_str(), "cancer/model.onnx")).ok());
  const Json next = Body(Push("m", Bare(Example("cancer/model-v2.onnx"))));
  EXPECT_EQ(next["version"], "1.0.1");
  EXPECT_TRUE(next["changes"].empty()) << next["changes"];
  EXPECT_EQ(next["inferred"][0], "features: as told for 1.0.0");
  EXPECT_EQ(next["inferred"][1], "allow_missing: as told for 1.0.0");
  const Json manifest = Body(ShowVersion("m", "1.0.1"))["manifest"];
  EXPECT_EQ(manifest["features"][29], "n29");
  EXPECT_EQ(manifest["allow_missing"], true);
  // The version after that takes them over from it.
  const Json third = Body(Push("m", told(R"({"allow_missing": false})", "cancer/model.onnx")));
  EXPECT_EQ(third["version"], "2.0.0");
  EXPECT_EQ(Body(ShowVersion("m", "2.0.0"))["manifest"]["features"][0], "n0");
  // A graph of another shape ends it, and says so.
  const Json wine = Body(Push("m", Bare(Example("wine/model.onnx"))));
  EXPECT_EQ(wine["version"], "3.0.0");
  EXPECT_NE(json::ToText(wine["inferred"]).find("features: not as told for 2.0.0"),
            std::string::npos);
}

TEST_F(PushOperation, AFreshPushTakesNothingOver) {
  auto parts = Bare(Example("cancer/model.onnx"));
  parts.push_back({"options", "options.json", R"({"allow_missing": true})"});
  ASSERT_TRUE(Push("m", parts).ok());
  const Json fresh = Body(Push("m", Bare(Example("cancer/model-v2.onnx")), {{"fresh", "true"}}));
  EXPECT_EQ(fresh["version"], "2.0.0");
  EXPECT_EQ(Body(ShowVersion("m", "2.0.0"))["manifest"]["allow_missing"], false);
}

TEST_F(PushOperation, ADryRunShowsTheVersionAndChangesNothing) {
  const auto dry = Push("cancer", ExampleParts("cancer"), {{"dry_run", "true"}});
  ASSERT_TRUE(dry.ok()) << dry.error().message;
  EXPECT_EQ(dry->status, 200);
  EXPECT_EQ(dry->body["dry_run"], true);
  EXPECT_EQ(dry->body["version"], "1.0.0");
  EXPECT_EQ(dry->body["manifest"]["features"].size(), 30U);
  ExpectNothingStored();
  const Json pushed = Body(Push("cancer", ExampleParts("cancer")));
  EXPECT_EQ(pushed["artifact"], dry->body["artifact"]);
  EXPECT_EQ(pushed["size"], dry->body["size"]);
  EXPECT_EQ(Body(Push("cancer", ExampleParts("cancer"), {{"dry_run", "true"}}))["already_there"],
            true);
  const auto other = Push("cancer", ExampleParts("cancer", "model-v2.onnx"),
                          {{"dry_run", "true"}, {"version", "1.0.0"}});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, Code::kConflict);
  EXPECT_EQ(ProblemOf(Push("cancer", ExampleParts("cancer"), {{"dry_run", "1"}})),
            "query 'dry_run': must be true or false");
}

// A version in between must fit both of its neighbours.
TEST_F(PushOperation, AVersionBelowAnotherIsJudgedAgainstThatToo) {
  auto missing = Bare(Example("cancer/model.onnx"));
  missing.push_back({"options", "options.json", R"({"allow_missing": true})"});
  ASSERT_TRUE(Push("m", Bare(Example("cancer/model.onnx"))).ok());
  ASSERT_TRUE(Push("m", Bare(Example("cancer/model-v2.onnx")), {{"version", "1.2.0"}}).ok());
  const auto between = Push("m", missing, {{"version", "1.1.0"}});
  ASSERT_FALSE(between.ok());
  EXPECT_EQ(between.error().code, Code::kConflict);
  EXPECT_NE(between.error().message.find("version 1.1.0 would stand below 1.2.0"),
            std::string::npos)
      << between.error().message;
}

TEST_F(PushOperation, OtherFilesUnderARegisteredVersionAreAConflict) {
  const Json first = Body(Push("cancer", ExampleParts("cancer")));
  const auto other =
      Push("cancer", ExampleParts("cancer", "model-v2.onnx"), {{"version", "1.0.0"}});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, Code::kConflict);
  EXPECT_NE(other.error().message.find(first["artifact"].get<std::string>()), std::string::npos);
  EXPECT_EQ(Body(ShowVersion("cancer", "1.0.0"))["artifact"], first["artifact"]);
}

TEST_F(PushOperation, AVersionThatTheMetadataStillNamesIsToldWhereToCorrectIt) {
  ASSERT_TRUE(Push("m", Bare(Example("cancer/model.onnx"))).ok());
  auto parts = Bare(Example("cancer/model-v2.onnx"));
  parts.push_back({"metadata", "model.onnx.metadata", R"({"version": "1.0.0"})"});
  const auto stale = Push("m", parts);
  ASSERT_FALSE(stale.ok());
  EXPECT_EQ(stale.error().code, Code::kConflict);
  EXPECT_TRUE(stale.error().message.ends_with(
      "; the metadata names this version: correct it there, or ask for a version or a bump"))
      << stale.error().message;
  EXPECT_EQ(Body(Push("m", parts, {{"bump", "auto"}}))["version"], "1.0.1");
}

TEST_F(PushOperation, TakesTheLeastLegalBump) {
  ASSERT_TRUE(Push("m", Bare(Example("cancer/model.onnx"))).ok());
  const Json patch = Body(Push("m", Bare(Example("cancer/model-v2.onnx"))));
  EXPECT_EQ(patch["version"], "1.0.1");
  EXPECT_EQ(patch["compared_with"], "1.0.0");
  EXPECT_TRUE(patch["changes"].empty());
  const Json major = Body(Push("m", Bare(Example("wine/model.onnx"))));
  EXPECT_EQ(major["version"], "2.0.0");
  EXPECT_FALSE(major["changes"].empty());
  EXPECT_EQ(Body(Push("m", Bare(Example("digits/model.onnx")), {{"bump", "major"}}))["version"],
            "3.0.0");
}

TEST_F(PushOperation, AVersionThatPromisesTooLittleChangeIsAConflictThatNamesTheLeastOne) {
  ASSERT_TRUE(Push("m", Bare(Example("cancer/model.onnx"))).ok());
  for (const Query& query : {Query{{"version", "1.1.0"}}, Query{{"bump", "minor"}}}) {
    const auto reply = Push("m", Bare(Example("wine/model.onnx")), query);
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code, Code::kConflict);
    EXPECT_TRUE(reply.error().message.ends_with("the least version is 2.0.0"))
        << reply.error().message;
    EXPECT_FALSE(reply.error().details.empty());
  }
  EXPECT_EQ(Body(ShowModel("m"))["versions"].size(), 1U);
}

TEST_F(PushOperation, ABackportIsComparedWithTheReleaseBeforeIt) {
  ASSERT_TRUE(Push("m", Bare(Example("cancer/model.onnx"))).ok());
  ASSERT_TRUE(Push("m", Bare(Example("wine/model.onnx"))).ok());  // 2.0.0
  const Json backport =
      Body(Push("m", Bare(Example("cancer/model-v2.onnx")), {{"version", "1.0.1"}}));
  EXPECT_EQ(backport["compared_with"], "1.0.0");
}

TEST_F(PushOperation, StepsOverAVersionThatWasDeleted) {
  ASSERT_TRUE(Push("m", Bare(Example("cancer/model.onnx"))).ok());
  ASSERT_TRUE(Push("m", Bare(Example("cancer/model-v2.onnx"))).ok());
  ASSERT_TRUE(DeleteVersion("m", "1.0.1").ok());
  EXPECT_EQ(Body(Push("m", Bare(Example("cancer/model-v2.onnx"))))["version"], "1.0.2");
}

TEST_F(PushOperation, OptionsWinOverTheMetadataFile) {
  auto parts = ExampleParts("cancer");
  parts.push_back({"options", "", R"({"training_date": "2026-02-01", "tags": {"team": "blue"}})"});
  parts.push_back({"notes", "NOTES.md", "Trained on the whole set."});
  ASSERT_TRUE(Push("cancer", parts, {{"version", "v1.4.0"}}).ok());
  const Json manifest = Body(ShowVersion("cancer", "1.4.0"))["manifest"];
  EXPECT_EQ(manifest["training_date"], "2026-02-01");
  EXPECT_EQ(manifest["tags"]["team"], "blue");
  EXPECT_EQ(manifest["tags"]["dataset"], "breast_cancer");
  EXPECT_EQ(manifest["notes"], "Trained on the whole set.");
}

TEST_F(PushOperation, MetadataAboutAnotherModelIsRefused) {
  const auto reply = Push("lung", ExampleParts("cancer"));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().message,
            "push lung: the metadata is about the model 'cancer', not 'lung': push it under that "
            "name, or correct model_name");
  ExpectNothingStored();
}

TEST_F(PushOperation, MetadataThatContradictsTheGraphIsRefused) {
  auto parts = ExampleParts("cancer");
  parts.push_back({"options", "", R"({"labels": [0, 1, 2]})"});
  const auto reply = Push("cancer", parts);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kInvalid);
  EXPECT_NE(reply.error().message.find("labels"), std::string::npos) << reply.error().message;
  ExpectNothingStored();
}

TEST_F(PushOperation, BrokenMetadataNamesItsPlace) {
  const auto push = [this](const std::string& text) {
    const auto reply = Push("m", {{"model", "", Example("cancer/model.onnx")},
                                  {"metadata", "model.onnx.metadata", text}});
    return reply.ok() ? std::string("accepted") : reply.error().message;
  };
  EXPECT_TRUE(push("{").starts_with("push m: metadata: JSON: line 1, column ")) << push("{");
  EXPECT_EQ(push(R"({"labels": "a"})"), "push m: metadata: labels: must be an array");
  EXPECT_NE(push(R"({"label": ["a"]})").find("push m: metadata: label: unknown key"),
            std::string::npos);
  ExpectNothingStored();
}

TEST_F(PushOperation, AWrongGoldenAnswerRejectsTheVersionAndFreesItsNumber) {
  auto parts = ExampleParts("cancer");
  for (model::ApiPart& part : parts) {
    if (part.name == "model") part.bytes = Example("cancer/model-v2.onnx");
  }
  const auto reply = Push("cancer", parts);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kInvalid);
  EXPECT_TRUE(reply.error().message.starts_with("push cancer@1.0.0: ")) << reply.error().message;
  const auto stored = blobs_->List();
  ASSERT_TRUE(stored.ok());
  EXPECT_TRUE(stored->empty());
  const Json events = Body(Call(kAudit))["events"];
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events[0]["verb"], "reject");
  EXPECT_TRUE(Push("cancer", ExampleParts("cancer")).ok()) << "1.0.0 is free again";
}

TEST_F(PushOperation, ReferenceDataMustBeRowsOfTheModel) {
  auto parts = ExampleParts("cancer");
  for (model::ApiPart& part : parts) {
    if (part.name == "reference") part.bytes = "a,b\n1,2\n";
  }
  const auto reply = Push("cancer", parts);
  ASSERT_FALSE(reply.ok());
  EXPECT_TRUE(reply.error().message.starts_with("push cancer: reference: "))
      << reply.error().message;
  ExpectNothingStored();
}

TEST_F(PushOperation, ReferenceDataThatTheMetadataNamesMustCome) {
  const auto reply = Push("cancer", {{"model", "", Example("cancer/model.onnx")},
                                     {"metadata", "", Example("cancer/model.onnx.metadata")}});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().message,
            "push cancer: reference: the metadata names 'reference.csv', but the file was not "
            "given");
}

TEST_F(PushOperation, RefusesAnswersThatContradictTheManifestAndNamesWhatMendsThem) {
  const auto scores =
      Push("scores", {{"model", "", TestModel("decision_scores.onnx")},
                      {"metadata", "", R"({"output_roles": {"probabilities": "probabilities"}})"}});
  ASSERT_FALSE(scores.ok());
  EXPECT_EQ(scores.error().code, Code::kInvalid);
  EXPECT_NE(scores.error().message.find("outside 0 to 1"), std::string::npos)
      << scores.error().message;
  EXPECT_EQ(scores.error().remedy,
            (base::Remedy{base::RemedyKind::kNameRoles, "probabilities=scores"}));
  const auto classes = Push("classes", Bare(TestModel("independent_classes.onnx")));
  ASSERT_FALSE(classes.ok());
  EXPECT_NE(classes.error().message.find("sum to 1.5, not to 1"), std::string::npos)
      << classes.error().message;
  EXPECT_EQ(classes.error().remedy,
            (base::Remedy{base::RemedyKind::kNameRoles, "probabilities=scores"}));
  EXPECT_FALSE(ShowVersion("classes", "1.0.0").ok());
  const auto other = Push("classes", {{"model", "", TestModel("independent_classes.onnx")},
                                      {"metadata", "", R"({"task": "other"})"}});
  EXPECT_TRUE(other.ok()) << other.error().message;
}

TEST_F(PushOperation, KeepsWhatTheTrialFoundNotable) {
  const Json pushed =
      Body(Push("nan_output", {{"model", "", TestModel("nan_output.onnx")},
                               {"metadata", "", TestModel("nan_output.onnx.metadata")}}));
  const auto notes = pushed["inferred"].dump();
  EXPECT_NE(notes.find("trial: output 'logarithm' of a row of zeros is -infinity"),
            std::string::npos)
      << notes;
}

TEST_F(PushOperation, TakesModelsOfTextsOnEveryMachine) {
  const auto reply = Push("lower_case", {{"model", "", TestModel("lower_case.onnx")},
                                         {"metadata", "", TestModel("lower_case.onnx.metadata")}});
  EXPECT_TRUE(reply.ok()) << reply.error().message;
}

TEST_F(PushOperation, WeightsOutsideTheGraphBelongToTheArtifact) {
  control::ModelPaths paths;
  paths.model = MOORAGE_SOURCE_DIR "/tests/testdata/models/external_data.onnx";
  auto read = control::ReadModelFiles(files_, paths);
  ASSERT_TRUE(read.ok()) << read.error().message;
  const auto reply = Push("external_data", control::ToParts(*std::move(read)));
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  const Json version = Body(ShowVersion("external_data", "1.0.0"));
  EXPECT_EQ(version["files"][0]["name"], "external_data.onnx.data");
  const Json answer =
      Body(Call(kPredict, {{"ref", "external_data@1.0.0"}}, {}, Rows("[[1, 2, 3, 4]]")));
  EXPECT_EQ(answer["predictions"].size(), 1U);
}

TEST_F(PushOperation, AnExternalFileMayNotTakeTheNameOfAnother) {
  for (const char* name : {"model.onnx", "manifest.json", "reference.csv", "../up", ""}) {
    const auto reply =
        Push("m", {{"model", "", Example("cancer/model.onnx")}, {"external", name, "bytes"}});
    ASSERT_FALSE(reply.ok()) << name;
    EXPECT_EQ(reply.error().code, Code::kInvalid);
  }
  ExpectNothingStored();
}

struct Documented {
  std::string file;
  std::string push;      // what the table says of a push without a manifest
  std::string manifest;  // the task with one; "-": there is none
};

std::vector<Documented> ReadTable(const std::string& text) {
  std::vector<Documented> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    std::istringstream parts(line);
    for (std::string cell; std::getline(parts, cell, '|');) cells.push_back(cell);
    rows.push_back({cells[1].substr(2, cells[1].size() - 4), cells[3].substr(1), cells[4]});
  }
  return rows;
}

bool Says(const base::Error& error, const std::string& word) {
  return error.message.find(word) != std::string::npos;
}

class TestModels : public PushOperation {
 protected:
  std::vector<model::ApiPart> Parts(const std::string& file) {
    auto parts = Bare(TestModel(file));
    if (file == "external_data.onnx") {
      parts.push_back({"external", "external_data.onnx.data", TestModel(file + ".data")});
    }
    return parts;
  }

  void ExpectRefusal(const Documented& row, const Reply& reply) {
    ASSERT_FALSE(reply.ok()) << row.push;
    const bool unsupported = row.push.starts_with("Unsupported");
    EXPECT_EQ(reply.error().code, unsupported ? Code::kUnsupported : Code::kInvalid)
        << reply.error().message;
    if (row.push.starts_with("asks")) {
      EXPECT_TRUE(Says(reply.error(), "task")) << reply.error().message;
      EXPECT_TRUE(Says(reply.error(), "output_roles")) << reply.error().message;
    }
    // Words in backquotes are what the answer must name.
    for (std::size_t at = row.push.find('`'); at != std::string::npos;) {
      const std::size_t end = row.push.find('`', at + 1);
      EXPECT_TRUE(Says(reply.error(), row.push.substr(at + 1, end - at - 1)))
          << row.push << " got: " << reply.error().message;
      at = row.push.find('`', end + 1);
    }
    if (Says({Code::kInvalid, row.push}, "pickle")) {
      EXPECT_TRUE(Says(reply.error(), "pickle") && Says(reply.error(), "skl2onnx"))
          << reply.error().message;
    }
    // The audit log keeps that a version was reserved for its trial.
    if (Says(reply.error(), "its trial")) {
      EXPECT_TRUE(registry_->Models()->empty());
    } else {
      ExpectNothingStored();
    }
  }
};

TEST_F(TestModels, AreAnsweredAsTheirTableSaysAndLeaveNothingBehindWhenRefused) {
  const auto rows = ReadTable(TestModel("README.md"));
  ASSERT_GT(rows.size(), 40U);
  for (const Documented& row : rows) {
    SCOPED_TRACE(row.file);
    const auto reply = Push("m", Parts(row.file));
    if (row.push.starts_with("Ready")) {
      ASSERT_TRUE(reply.ok()) << reply.error().message;
      if (Says({Code::kInvalid, row.push}, "`task: other`")) {
        EXPECT_EQ(reply->body["task"], "other");
      } else {
        EXPECT_EQ(reply->body["task"], "classification");
      }
    } else {
      ExpectRefusal(row, reply);
    }
    TearDown();
    SetUp();
  }
}

TEST_F(TestModels, AreRegisteredWithTheirMetadataUnderTheTaskItNames) {
  for (const Documented& row : ReadTable(TestModel("README.md"))) {
    if (row.manifest.find('`') == std::string::npos) continue;
    SCOPED_TRACE(row.file);
    auto parts = Parts(row.file);
    const std::string text = TestModel(row.file + ".metadata");
    parts.push_back({"metadata", row.file + ".metadata", text});
    const std::string name = json::ParseJson(text)->value("model_name", std::string("m"));
    const auto reply = Push(name, parts);
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    const std::string task = reply->body["task"].get<std::string>();
    EXPECT_NE(row.manifest.find("`" + task + "`"), std::string::npos) << task;
    EXPECT_TRUE(ShowVersion(name, "1.0.0").ok());
  }
}

// A push of model "m" with these files.
model::ApiCall PushCall(std::vector<model::ApiPart> parts,
                        std::map<std::string, std::string> query = {}) {
  model::ApiCall call = CallOf(kPush, {{"name", "m"}});
  call.parts = std::move(parts);
  call.query = std::move(query);
  return call;
}

TEST(ReadPush, APushPointsToTheBytesOfItsParts) {
  const model::ApiCall call = PushCall({{"model", "model.onnx", "graph"},
                                        {"metadata", "", R"({"version": "2.0.0"})"},
                                        {"options", "", R"({"tags": {"team": "blue"}})"},
                                        {"reference", "", "a\n1\n"},
                                        {"notes", "", "why"},
                                        {"external", "w.bin", "weights"}});
  const auto push = ReadPush(call);
  ASSERT_TRUE(push.ok()) << push.error().message;
  EXPECT_EQ(push->name.value(), "m");
  EXPECT_EQ(push->actor, "ada");
  EXPECT_EQ(push->files.model->data(), call.parts[0].bytes.data()) << "no copy";
  EXPECT_EQ(push->files.metadata, call.parts[1].bytes);
  EXPECT_EQ(push->files.reference, "a\n1\n");
  ASSERT_EQ(push->files.external.size(), 1U);
  EXPECT_EQ(push->files.external[0].name, "w.bin");
  EXPECT_EQ(*push->files.external[0].bytes, "weights");
  EXPECT_EQ(push->options.tags.at("team"), "blue");
  EXPECT_EQ(push->options.notes, "why");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(push->wish));
}

TEST(ReadPush, APushWishesForAVersionOrAStepAndNotForBoth) {
  const auto wish = [](std::map<std::string, std::string> query) {
    const model::ApiCall call = PushCall({{"model", "", "graph"}}, std::move(query));
    return ReadPush(call);
  };
  EXPECT_EQ(std::get<model::SemVer>(wish({{"version", "v1.2.3"}})->wish).text(), "1.2.3");
  EXPECT_TRUE(std::holds_alternative<control::LeastLegal>(wish({{"bump", "auto"}})->wish));
  EXPECT_EQ(std::get<contract::Bump>(wish({{"bump", "minor"}})->wish), contract::Bump::kMinor);
  EXPECT_EQ(ProblemOf(wish({{"bump", "huge"}})),
            "query 'bump': must be auto, major, minor or patch");
  EXPECT_EQ(ProblemOf(wish({{"bump", "auto"}, {"version", "1.0.0"}})),
            "query 'bump': cannot stand beside 'version'");
  EXPECT_TRUE(ProblemOf(wish({{"version", "1.0"}}))
                  .starts_with("query 'version': version '1.0' is not a semantic version: "));
}

TEST(ReadPush, APushNamesThePartThatIsWrong) {
  const auto problem = [](std::vector<model::ApiPart> parts) {
    const model::ApiCall call = PushCall(std::move(parts));
    return ProblemOf(ReadPush(call));
  };
  EXPECT_EQ(problem({}), "part 'model': missing");
  EXPECT_EQ(
      problem({{"modl", "", "x"}}),
      "part 'modl': unknown; known are: model, metadata, options, reference, notes, external");
  EXPECT_EQ(problem({{"model", "", "x"}, {"model", "", "y"}}), "part 'model': there twice");
  EXPECT_TRUE(problem({{"model", "", "x"}, {"options", "", "{"}}).starts_with("options: JSON: "));
}

TEST(PushDocument, APushSaysWhatWasInferredAndWhyItIsThisVersion) {
  const control::PushResult result{.version = AVersion(),
                                   .already_there = false,
                                   .chosen = {Version("1.1.0"),
                                              contract::Bump::kMinor,
                                              Version("1.0.0"),
                                              {{contract::Bump::kMinor, "new output 'p'"}}},
                                   .index = {{{"model.onnx", model::Digest("sha256:cc"), 9}}},
                                   .task = model::Task::kClassification,
                                   .notes = {"labels: 0, 1"},
                                   .golden = 3};
  EXPECT_EQ(PushDocument(result),
            JsonObject(kVersionMembers, R"("already_there": false, "dry_run": false,
      "task": "classification", "inferred": ["labels: 0, 1"], "compared_with": "1.0.0",
      "changes": [{"bump": "minor", "what": "new output 'p'"}], "golden_requests": 3,
      "files": [{"name": "model.onnx", "size": 9, "digest": "sha256:cc"}])"));
}

}  // namespace
}  // namespace moorage::management

#include "foundation/model/signature_diff.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace moorage::model {
namespace {

Manifest Base() {
  Manifest manifest;
  TensorSpec weights{.name = "w", .type = DataType::kFp32, .shape = {3}, .optional = true};
  manifest.signature = {.inputs = {{.name = "x", .type = DataType::kFp32, .shape = {-1, 3}},
                                   {.name = "city", .type = DataType::kBytes, .shape = {-1, 1}},
                                   weights},
                        .outputs = {{.name = "label", .type = DataType::kInt64, .shape = {-1}},
                                    {.name = "p", .type = DataType::kFp32, .shape = {-1, 2}},
                                    {.name = "m",
                                     .type = DataType::kFp32,
                                     .shape = {-1, -1},
                                     .kind = ValueKind::kMapSequence}}};
  manifest.task = Task::kClassification;
  manifest.labels = std::vector<std::int64_t>{0, 1};
  manifest.features = {"a", "b", "c", "city"};
  manifest.output_roles = {{"label", OutputRole::kLabel}, {"p", OutputRole::kProbabilities}};
  manifest.allow_missing = true;
  return manifest;
}

struct Row {
  const char* what;  // the one change; empty if there is none
  Bump bump;
  std::function<void(Manifest&)> edit;
};

std::vector<TensorSpec>& In(Manifest& m) { return m.signature.inputs; }
std::vector<TensorSpec>& Out(Manifest& m) { return m.signature.outputs; }

const Row kInputRows[] = {
    {"input 'city': removed", Bump::kMajor, [](Manifest& m) { In(m).erase(In(m).begin() + 1); }},
    {"input 'w': removed", Bump::kMajor, [](Manifest& m) { In(m).pop_back(); }},
    {"input 'x': renamed to 'z'", Bump::kMajor, [](Manifest& m) { In(m)[0].name = "z"; }},
    {"input 'y': added, required", Bump::kMajor,
     [](Manifest& m) { In(m).push_back({.name = "y", .shape = {-1, 1}}); }},
    {"input 'y': added, optional", Bump::kMinor,
     [](Manifest& m) { In(m).push_back({.name = "y", .shape = {1}, .optional = true}); }},
    {"input 'x': datatype FP32 -> FP64", Bump::kMajor,
     [](Manifest& m) { In(m)[0].type = DataType::kFp64; }},
    {"input 'x': shape [-1,3] -> [-1,4]", Bump::kMajor,
     [](Manifest& m) { In(m)[0].shape = {-1, 4}; }},
    {"input 'x': shape [-1,3] -> [-1,-1]", Bump::kMinor,
     [](Manifest& m) { In(m)[0].shape = {-1, -1}; }},
    {"input 'x': shape [-1,3] -> [1,3]", Bump::kMajor,
     [](Manifest& m) { In(m)[0].shape = {1, 3}; }},
    {"input 'x': shape [-1,3] -> [-1,3,1]", Bump::kMajor,
     [](Manifest& m) { In(m)[0].shape = {-1, 3, 1}; }},
    {"input 'x': shape [-1,3] -> [-1]", Bump::kMajor, [](Manifest& m) { In(m)[0].shape = {-1}; }},
    {"input 'x': shape [-1,3] -> any shape", Bump::kMinor,
     [](Manifest& m) {
       In(m)[0].shape = {};
       In(m)[0].has_shape = false;
     }},
    {"input 'w': now required", Bump::kMajor, [](Manifest& m) { In(m)[2].optional = false; }},
    {"input 'city': no longer required", Bump::kMinor,
     [](Manifest& m) { In(m)[1].optional = true; }},
    {"", Bump::kPatch, [](Manifest& m) { std::swap(In(m)[0], In(m)[1]); }},
};

const Row kOutputRows[] = {
    {"output 'm': removed", Bump::kMajor, [](Manifest& m) { Out(m).pop_back(); }},
    {"output 'm': renamed to 'n'", Bump::kMajor, [](Manifest& m) { Out(m)[2].name = "n"; }},
    {"output 'extra': added", Bump::kMinor,
     [](Manifest& m) { Out(m).push_back({.name = "extra", .shape = {-1}}); }},
    {"output 'label': datatype INT64 -> INT32", Bump::kMajor,
     [](Manifest& m) { Out(m)[0].type = DataType::kInt32; }},
    {"output 'label': datatype INT64 -> BYTES", Bump::kMajor,
     [](Manifest& m) { Out(m)[0].type = DataType::kBytes; }},
    {"output 'p': shape [-1,2] -> [-1,3]", Bump::kMajor,
     [](Manifest& m) { Out(m)[1].shape = {-1, 3}; }},
    {"output 'p': shape [-1,2] -> [-1,-1]", Bump::kMinor,
     [](Manifest& m) { Out(m)[1].shape = {-1, -1}; }},
    {"output 'label': shape [-1] -> [-1,1]", Bump::kMajor,
     [](Manifest& m) { Out(m)[0].shape = {-1, 1}; }},
    {"output 'm': maps by INT64 -> maps by BYTES", Bump::kMajor,
     [](Manifest& m) { Out(m)[2].key_type = DataType::kBytes; }},
    {"output 'm': maps by INT64 -> tensor", Bump::kMajor,
     [](Manifest& m) { Out(m)[2].kind = ValueKind::kTensor; }},
    {"", Bump::kPatch, [](Manifest& m) { std::swap(Out(m)[0], Out(m)[1]); }},
};

const Row kMeaningRows[] = {
    {"labels: [0, 1] -> [1, 0]", Bump::kMajor,
     [](Manifest& m) { m.labels = std::vector<std::int64_t>{1, 0}; }},
    {"labels: [0, 1] -> [0, 1, 2]", Bump::kMajor,
     [](Manifest& m) { m.labels = std::vector<std::int64_t>{0, 1, 2}; }},
    {"labels: [0, 1] -> [no, yes]", Bump::kMajor,
     [](Manifest& m) { m.labels = std::vector<std::string>{"no", "yes"}; }},
    {"feature 1: 'b' -> 'B'", Bump::kMajor, [](Manifest& m) { m.features[1] = "B"; }},
    {"feature 0: 'a' -> 'b'", Bump::kMajor,
     [](Manifest& m) { std::swap(m.features[0], m.features[1]); }},
    {"features: 4 -> 5", Bump::kMajor, [](Manifest& m) { m.features.emplace_back("d"); }},
    {"features: 4 -> 0", Bump::kMajor, [](Manifest& m) { m.features.clear(); }},
    {"task: classification -> other", Bump::kMajor, [](Manifest& m) { m.task = Task::kOther; }},
    {"output 'p': role probabilities -> logits", Bump::kMajor,
     [](Manifest& m) { m.output_roles["p"] = OutputRole::kLogits; }},
    {"output 'p': role probabilities -> none", Bump::kMajor,
     [](Manifest& m) { m.output_roles.erase("p"); }},
    {"missing values: no longer taken", Bump::kMajor, [](Manifest& m) { m.allow_missing = false; }},
    {"", Bump::kPatch, [](Manifest& m) { m.metrics["accuracy"] = 0.99; }},
    {"", Bump::kPatch, [](Manifest& m) { m.description = "better"; }},
    {"", Bump::kPatch, [](Manifest& m) { m.training_date = "2026-02-01"; }},
    {"", Bump::kPatch, [](Manifest& m) { m.producer = "skl2onnx 2.0"; }},
    {"", Bump::kPatch, [](Manifest& m) { m.sigmoid_threshold = 0.4; }},
    {"", Bump::kPatch, [](Manifest& m) { m.tags["team"] = "a"; }},
};

void Check(std::span<const Row> rows) {
  for (const Row& row : rows) {
    Manifest to = Base();
    row.edit(to);
    const auto changes = Diff(Base(), to);
    EXPECT_EQ(LeastBump(changes), row.bump) << row.what;
    if (std::string_view(row.what).empty()) {
      EXPECT_TRUE(changes.empty()) << changes[0].what;
      continue;
    }
    ASSERT_EQ(changes.size(), 1U) << row.what;
    EXPECT_EQ(changes[0].what, row.what);
  }
}

TEST(SignatureDiff, JudgesChangesOfInputs) { Check(kInputRows); }
TEST(SignatureDiff, JudgesChangesOfOutputs) { Check(kOutputRows); }
TEST(SignatureDiff, JudgesChangesOfMeaning) { Check(kMeaningRows); }

TEST(SignatureDiff, FindsNothingBetweenAManifestAndItself) {
  EXPECT_TRUE(Diff(Base(), Base()).empty());
  EXPECT_EQ(LeastBump({}), Bump::kPatch);
}

TEST(SignatureDiff, CallsTheWayBackOfAMinorChangeMajor) {
  Manifest wider = Base();
  wider.signature.inputs[0].shape = {-1, -1};
  EXPECT_EQ(LeastBump(Diff(wider, Base())), Bump::kMajor);
  Manifest strict = Base();
  strict.allow_missing = false;
  EXPECT_EQ(Diff(strict, Base())[0].what, "missing values: now taken");
  EXPECT_EQ(LeastBump(Diff(strict, Base())), Bump::kMinor);
}

TEST(SignatureDiff, ListsEveryChangeAndTakesTheLargestBump) {
  Manifest to = Base();
  to.signature.outputs.push_back({.name = "extra", .shape = {-1}});
  to.labels = std::vector<std::int64_t>{0};
  to.signature.inputs.erase(to.signature.inputs.begin());
  const auto changes = Diff(Base(), to);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].what, "input 'x': removed");
  EXPECT_EQ(changes[1].what, "output 'extra': added");
  EXPECT_EQ(changes[2].what, "labels: [0, 1] -> [0]");
  EXPECT_EQ(LeastBump(changes), Bump::kMajor);
}

TEST(Bump, GivesTheNextVersion) {
  const SemVer current = *SemVer::Parse("1.4.2");
  EXPECT_EQ(Next(current, Bump::kPatch).text(), "1.4.3");
  EXPECT_EQ(Next(current, Bump::kMinor).text(), "1.5.0");
  EXPECT_EQ(Next(current, Bump::kMajor).text(), "2.0.0");
  EXPECT_EQ(Name(Bump::kPatch), "patch");
  EXPECT_EQ(Name(Bump::kMinor), "minor");
  EXPECT_EQ(Name(Bump::kMajor), "major");
}

TEST(Bump, IsCoveredByVersionsThatSayAtLeastAsMuch) {
  struct Case {
    const char *current, *next;
    bool patch, minor, major;
  };
  for (const Case& c : {
           Case{"1.4.2", "1.4.2", false, false, false},
           Case{"1.4.2", "1.4.1", false, false, false},
           Case{"1.4.2", "1.4.2+build", false, false, false},
           Case{"1.4.2", "1.4.3", true, false, false},
           Case{"1.4.2", "1.4.9", true, false, false},
           Case{"1.4.2", "1.5.0", true, true, false},
           Case{"1.4.2", "1.5.0-rc.1", true, true, false},
           Case{"1.4.2", "1.5.7", true, true, false},
           Case{"1.4.2", "2.0.0", true, true, true},
           Case{"1.4.2", "2.0.0-rc.1", true, true, true},
           Case{"1.4.2-rc.1", "1.4.2-rc.2", true, false, false},
           Case{"2.0.0-rc.1", "2.0.0-rc.2", true, true, true},
           Case{"2.0.0-rc.1", "2.0.0", true, true, true},
           Case{"0.4.2", "0.4.3", true, true, true},
           Case{"0.4.2", "0.4.2", false, false, false},
       }) {
    const SemVer current = *SemVer::Parse(c.current);
    const SemVer next = *SemVer::Parse(c.next);
    EXPECT_EQ(Covers(current, next, Bump::kPatch), c.patch) << c.current << " " << c.next;
    EXPECT_EQ(Covers(current, next, Bump::kMinor), c.minor) << c.current << " " << c.next;
    EXPECT_EQ(Covers(current, next, Bump::kMajor), c.major) << c.current << " " << c.next;
  }
}

}  // namespace
}  // namespace moorage::model

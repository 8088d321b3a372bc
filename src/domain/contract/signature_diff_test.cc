#include "domain/contract/signature_diff.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace moorage::contract {
namespace {

model::Manifest Base() {
  model::Manifest manifest;
  model::TensorSpec weights{
      .name = "w", .type = model::DataType::kFp32, .shape = {3}, .optional = true};
  manifest.signature = {
      .inputs = {{.name = "x", .type = model::DataType::kFp32, .shape = {-1, 3}},
                 {.name = "city", .type = model::DataType::kBytes, .shape = {-1, 1}},
                 weights},
      .outputs = {{.name = "label", .type = model::DataType::kInt64, .shape = {-1}},
                  {.name = "p", .type = model::DataType::kFp32, .shape = {-1, 2}},
                  {.name = "m",
                   .type = model::DataType::kFp32,
                   .shape = {-1, -1},
                   .kind = model::ValueKind::kMapSequence}}};
  manifest.task = model::Task::kClassification;
  manifest.labels = std::vector<std::int64_t>{0, 1};
  manifest.features = {"a", "b", "c", "city"};
  manifest.output_roles = {{"label", model::OutputRole::kLabel},
                           {"p", model::OutputRole::kProbabilities}};
  manifest.allow_missing = true;
  return manifest;
}

struct Row {
  const char* what;  // the one change; empty if there is none
  Bump bump;
  std::function<void(model::Manifest&)> edit;
};

std::vector<model::TensorSpec>& In(model::Manifest& m) { return m.signature.inputs; }
std::vector<model::TensorSpec>& Out(model::Manifest& m) { return m.signature.outputs; }

const Row kInputRows[] = {
    {"input 'city': removed", Bump::kMajor,
     [](model::Manifest& m) { In(m).erase(In(m).begin() + 1); }},
    {"input 'w': removed", Bump::kMajor, [](model::Manifest& m) { In(m).pop_back(); }},
    {"input 'x': renamed to 'z'", Bump::kMajor, [](model::Manifest& m) { In(m)[0].name = "z"; }},
    {"input 'y': added, required", Bump::kMajor,
     [](model::Manifest& m) { In(m).push_back({.name = "y", .shape = {-1, 1}}); }},
    {"input 'y': added, optional", Bump::kMinor,
     [](model::Manifest& m) { In(m).push_back({.name = "y", .shape = {1}, .optional = true}); }},
    {"input 'x': datatype FP32 -> FP64", Bump::kMajor,
     [](model::Manifest& m) { In(m)[0].type = model::DataType::kFp64; }},
    {"input 'x': shape [-1,3] -> [-1,4]", Bump::kMajor,
     [](model::Manifest& m) { In(m)[0].shape = {-1, 4}; }},
    {"input 'x': shape [-1,3] -> [-1,-1]", Bump::kMinor,
     [](model::Manifest& m) { In(m)[0].shape = {-1, -1}; }},
    {"input 'x': shape [-1,3] -> [1,3]", Bump::kMajor,
     [](model::Manifest& m) { In(m)[0].shape = {1, 3}; }},
    {"input 'x': shape [-1,3] -> [-1,3,1]", Bump::kMajor,
     [](model::Manifest& m) { In(m)[0].shape = {-1, 3, 1}; }},
    {"input 'x': shape [-1,3] -> [-1]", Bump::kMajor,
     [](model::Manifest& m) { In(m)[0].shape = {-1}; }},
    {"input 'x': shape [-1,3] -> any shape", Bump::kMinor,
     [](model::Manifest& m) {
       In(m)[0].shape = {};
       In(m)[0].has_shape = false;
     }},
    {"input 'w': now required", Bump::kMajor,
     [](model::Manifest& m) { In(m)[2].optional = false; }},
    {"input 'city': no longer required", Bump::kMinor,
     [](model::Manifest& m) { In(m)[1].optional = true; }},
    {"feature 'a': x[0] -> city[0]", Bump::kMajor,
     [](model::Manifest& m) { std::swap(In(m)[0], In(m)[1]); }},
    {"", Bump::kPatch, [](model::Manifest& m) { std::swap(In(m)[1], In(m)[2]); }},
};

const Row kOutputRows[] = {
    {"output 'm': removed", Bump::kMajor, [](model::Manifest& m) { Out(m).pop_back(); }},
    {"output 'm': renamed to 'n'", Bump::kMajor, [](model::Manifest& m) { Out(m)[2].name = "n"; }},
    {"output 'extra': added", Bump::kMinor,
     [](model::Manifest& m) { Out(m).push_back({.name = "extra", .shape = {-1}}); }},
    {"output 'label': datatype INT64 -> INT32", Bump::kMajor,
     [](model::Manifest& m) { Out(m)[0].type = model::DataType::kInt32; }},
    {"output 'label': datatype INT64 -> BYTES", Bump::kMajor,
     [](model::Manifest& m) { Out(m)[0].type = model::DataType::kBytes; }},
    {"output 'p': shape [-1,2] -> [-1,3]", Bump::kMajor,
     [](model::Manifest& m) { Out(m)[1].shape = {-1, 3}; }},
    {"output 'p': shape [-1,2] -> [-1,-1]", Bump::kMajor,
     [](model::Manifest& m) { Out(m)[1].shape = {-1, -1}; }},
    {"output 'm': shape [-1,-1] -> [-1,8]", Bump::kMinor,
     [](model::Manifest& m) { Out(m)[2].shape = {-1, 8}; }},
    {"output 'p': shape [-1,2] -> any shape", Bump::kMajor,
     [](model::Manifest& m) {
       Out(m)[1].shape = {};
       Out(m)[1].has_shape = false;
     }},
    {"output 'label': shape [-1] -> [-1,1]", Bump::kMajor,
     [](model::Manifest& m) { Out(m)[0].shape = {-1, 1}; }},
    {"output 'm': maps by INT64 -> maps by BYTES", Bump::kMajor,
     [](model::Manifest& m) { Out(m)[2].key_type = model::DataType::kBytes; }},
    {"output 'm': maps by INT64 -> tensor", Bump::kMajor,
     [](model::Manifest& m) { Out(m)[2].kind = model::ValueKind::kTensor; }},
    {"", Bump::kPatch, [](model::Manifest& m) { std::swap(Out(m)[0], Out(m)[1]); }},
};

const Row kMeaningRows[] = {
    {"labels: [0, 1] -> [1, 0]", Bump::kMajor,
     [](model::Manifest& m) { m.labels = std::vector<std::int64_t>{1, 0}; }},
    {"labels: [0, 1] -> [0, 1, 2]", Bump::kMajor,
     [](model::Manifest& m) { m.labels = std::vector<std::int64_t>{0, 1, 2}; }},
    {"labels: [0, 1] -> [no, yes]", Bump::kMajor,
     [](model::Manifest& m) { m.labels = std::vector<std::string>{"no", "yes"}; }},
    {"feature 1: 'b' -> 'B'", Bump::kMajor, [](model::Manifest& m) { m.features[1] = "B"; }},
    {"feature 0: 'a' -> 'b'", Bump::kMajor,
     [](model::Manifest& m) { std::swap(m.features[0], m.features[1]); }},
    {"features: 4 -> 5", Bump::kMajor, [](model::Manifest& m) { m.features.emplace_back("d"); }},
    {"features: 4 -> 0", Bump::kMajor, [](model::Manifest& m) { m.features.clear(); }},
    {"task: classification -> other", Bump::kMajor,
     [](model::Manifest& m) { m.task = model::Task::kOther; }},
    {"output 'p': role probabilities -> logits", Bump::kMajor,
     [](model::Manifest& m) { m.output_roles["p"] = model::OutputRole::kLogits; }},
    {"output 'p': role probabilities -> none", Bump::kMajor,
     [](model::Manifest& m) { m.output_roles.erase("p"); }},
    {"missing values: no longer taken", Bump::kMajor,
     [](model::Manifest& m) { m.allow_missing = false; }},
    {"", Bump::kPatch, [](model::Manifest& m) { m.metrics["accuracy"] = 0.99; }},
    {"", Bump::kPatch, [](model::Manifest& m) { m.description = "better"; }},
    {"", Bump::kPatch, [](model::Manifest& m) { m.training_date = "2026-02-01"; }},
    {"", Bump::kPatch, [](model::Manifest& m) { m.producer = "skl2onnx 2.0"; }},
    {"", Bump::kPatch, [](model::Manifest& m) { m.sigmoid_threshold = 0.4; }},
    {"", Bump::kPatch, [](model::Manifest& m) { m.tags["team"] = "a"; }},
};

void Check(std::span<const Row> rows) {
  for (const Row& row : rows) {
    model::Manifest to = Base();
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
  model::Manifest wider = Base();
  wider.signature.inputs[0].shape = {-1, -1};
  EXPECT_EQ(LeastBump(Diff(wider, Base())), Bump::kMajor);
  model::Manifest strict = Base();
  strict.allow_missing = false;
  EXPECT_EQ(Diff(strict, Base())[0].what, "missing values: now taken");
  EXPECT_EQ(LeastBump(Diff(strict, Base())), Bump::kMinor);
}

// Two inputs of one shape change their places under the same feature names.
TEST(SignatureDiff, FindsAFeatureThatFillsAnotherInput) {
  model::Manifest from;
  from.signature.inputs = {{.name = "a", .type = model::DataType::kFp32, .shape = {-1, 1}},
                           {.name = "b", .type = model::DataType::kFp32, .shape = {-1, 1}}};
  from.features = {"age", "income"};
  model::Manifest to = from;
  std::swap(to.signature.inputs[0], to.signature.inputs[1]);
  const auto changes = Diff(from, to);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].what, "feature 'age': a[0] -> b[0]");
  EXPECT_EQ(changes[0].bump, Bump::kMajor);
  from.features.clear();
  to.features.clear();
  EXPECT_EQ(LeastBump(Diff(from, to)), Bump::kMajor) << "an array of features is filled in order";
}

TEST(SignatureDiff, ListsEveryChangeAndTakesTheLargestBump) {
  model::Manifest to = Base();
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
  const model::SemVer current = *model::SemVer::Parse("1.4.2");
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
    const model::SemVer current = *model::SemVer::Parse(c.current);
    const model::SemVer next = *model::SemVer::Parse(c.next);
    EXPECT_EQ(Covers(current, next, Bump::kPatch), c.patch) << c.current << " " << c.next;
    EXPECT_EQ(Covers(current, next, Bump::kMinor), c.minor) << c.current << " " << c.next;
    EXPECT_EQ(Covers(current, next, Bump::kMajor), c.major) << c.current << " " << c.next;
  }
}

}  // namespace
}  // namespace moorage::contract

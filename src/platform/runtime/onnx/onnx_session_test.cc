#include "platform/runtime/onnx/onnx_session.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <variant>
#include <vector>

#include "foundation/base/memory_budget.h"
#include "foundation/json/json.h"
#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/runtime/testing/division_model.h"
#include "platform/runtime/testing/repository_files.h"

namespace moorage::runtime {
namespace {

using base::Code;
using model::DataType;
using model::Shape;
using model::Tensor;
using model::TensorView;

const std::string kModelFolder = "tests/testdata/models/";

template <typename T>
Tensor MakeTensor(DataType type, Shape shape, const std::vector<T>& values) {
  Tensor tensor{.type = type, .shape = std::move(shape), .bytes = {}, .strings = {}};
  const auto bytes = std::as_bytes(std::span<const T>(values));
  tensor.bytes.assign(bytes.begin(), bytes.end());
  return tensor;
}

Tensor MakeStrings(Shape shape, std::vector<std::string> values) {
  return {.type = DataType::kBytes,
          .shape = std::move(shape),
          .bytes = {},
          .strings = std::move(values)};
}

template <typename T>
std::vector<T> Values(const TensorView& view) {
  std::vector<T> values(view.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), view.bytes.data(), view.bytes.size());
  return values;
}

Shape ShapeOf(const TensorView& view) { return {view.shape.begin(), view.shape.end()}; }

class OnnxSessionTest : public testing::Test {
 protected:
  std::unique_ptr<Session> Open(const std::string& path) {
    auto session = backend_.Open(ArtifactOfFile(path));
    EXPECT_TRUE(session.ok()) << path << ": " << session.error().message;
    return session.ok() ? *std::move(session) : nullptr;
  }

  OnnxBackend backend_;
};

struct Identity {
  std::string file;
  Tensor tensor;
};

class EveryDatatype : public testing::TestWithParam<Identity> {};

TEST_P(EveryDatatype, ComesBackBitForBit) {
  OnnxBackend backend;
  const auto session = backend.Open(ArtifactOfFile(kModelFolder + GetParam().file));
  ASSERT_TRUE(session.ok()) << session.error().message;
  EXPECT_EQ((*session)->signature().inputs.at(0).type, GetParam().tensor.type);
  EXPECT_EQ((*session)->signature().inputs.at(0).shape, (Shape{-1, 3}));
  const TensorView view = GetParam().tensor.view();
  const auto outputs = (*session)->Run({&view, 1}, {}, nullptr);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  ASSERT_EQ(outputs->tensors().size(), 1U);
  const TensorView& answer = outputs->tensors()[0];
  EXPECT_EQ(answer.type, view.type);
  EXPECT_EQ(ShapeOf(answer), ShapeOf(view));
  EXPECT_EQ(Values<std::uint8_t>(answer), Values<std::uint8_t>(view));
  EXPECT_TRUE(std::ranges::equal(answer.strings, view.strings));
}

template <typename T>
Identity Extremes(const std::string& file, DataType type) {
  using Limits = std::numeric_limits<T>;
  return {file,
          MakeTensor<T>(type, {2, 3}, {Limits::lowest(), T{0}, T{1}, Limits::max(), T{2}, T{3}})};
}

INSTANTIATE_TEST_SUITE_P(
    Tensors, EveryDatatype,
    testing::Values(
        Identity{"identity_bool.onnx",
                 MakeTensor<std::uint8_t>(DataType::kBool, {1, 3}, {0, 1, 1})},
        Extremes<std::uint8_t>("identity_uint8.onnx", DataType::kUint8),
        Extremes<std::uint16_t>("identity_uint16.onnx", DataType::kUint16),
        Extremes<std::uint32_t>("identity_uint32.onnx", DataType::kUint32),
        Extremes<std::uint64_t>("identity_uint64.onnx", DataType::kUint64),
        Extremes<std::int8_t>("identity_int8.onnx", DataType::kInt8),
        Extremes<std::int16_t>("identity_int16.onnx", DataType::kInt16),
        Extremes<std::int32_t>("identity_int32.onnx", DataType::kInt32),
        Extremes<std::int64_t>("identity_int64.onnx", DataType::kInt64),
        Extremes<float>("identity_fp32.onnx", DataType::kFp32),
        Extremes<double>("identity_fp64.onnx", DataType::kFp64),
        Identity{"identity_fp16.onnx",
                 MakeTensor<std::uint16_t>(DataType::kFp16, {1, 3}, {0x3C00, 0x7BFF, 1})},
        Identity{"identity_bf16.onnx",
                 MakeTensor<std::uint16_t>(DataType::kBf16, {1, 3}, {0x3F80, 0x7F7F, 1})},
        Identity{"identity_string.onnx",
                 MakeStrings({2, 3}, {"", "a", "m\xC3\xA1laga", std::string("a\0b", 3),
                                      std::string(5000, 'x'), "z"})}),
    [](const auto& each) { return std::string(Name(each.param.tensor.type)); });

TEST_F(OnnxSessionTest, AnswersNoRowsForNoRows) {
  const auto session = Open(kModelFolder + "identity_fp32.onnx");
  const Tensor none = MakeTensor<float>(DataType::kFp32, {0, 3}, {});
  const TensorView view = none.view();
  const auto outputs = session->Run({&view, 1}, {}, nullptr);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  EXPECT_EQ(ShapeOf(outputs->tensors()[0]), (Shape{0, 3}));
}

TEST_F(OnnxSessionTest, NamesAnEmptyInputThatTheModelDoesNotTake) {
  const auto session = Open(kModelFolder + "class_table.onnx");
  const Tensor none = MakeTensor<float>(DataType::kFp32, {0, 3}, {});
  const TensorView view = none.view();
  const auto outputs = session->Run({&view, 1}, {}, nullptr);
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().code, Code::kInvalid);
  EXPECT_EQ(outputs.error().message,
            "the model takes no empty tensor, and input 'input' has the shape [0,3]");
}

TEST_F(OnnxSessionTest, RunsSeveralInputsAndOutputsAndOnlyTheOutputsAskedFor) {
  const auto session = Open(kModelFolder + "two_inputs_two_outputs.onnx");
  const Tensor a = MakeTensor<float>(DataType::kFp32, {2, 2}, {1, 2, 3, 4});
  const Tensor b = MakeTensor<float>(DataType::kFp32, {2, 3}, {1, 1, 1, 2, 2, 2});
  const TensorView inputs[] = {a.view(), b.view()};
  const auto both = session->Run(inputs, {}, nullptr);
  ASSERT_TRUE(both.ok()) << both.error().message;
  ASSERT_EQ(both->tensors().size(), 2U);
  EXPECT_EQ(Values<float>(both->tensors()[0]), (std::vector<float>{6, 13}));
  EXPECT_EQ(Values<float>(both->tensors()[1]), (std::vector<float>{9, 42}));
  const std::size_t second[] = {1};
  const auto one = session->Run(inputs, second, nullptr);
  ASSERT_TRUE(one.ok());
  ASSERT_EQ(one->tensors().size(), 1U);
  EXPECT_EQ(Values<float>(one->tensors()[0]), (std::vector<float>{9, 42}));
}

TEST_F(OnnxSessionTest, MixesNumbersAndStrings) {
  const auto session = Open(kModelFolder + "mixed_columns.onnx");
  const Tensor age = MakeTensor<float>(DataType::kFp32, {3, 1}, {10, 20, 30});
  const Tensor city = MakeStrings({3, 1}, {"genoa", "m\xC3\xA1laga", "oslo"});
  const TensorView inputs[] = {age.view(), city.view()};
  const auto outputs = session->Run(inputs, {}, nullptr);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  EXPECT_EQ(Values<float>(outputs->tensors()[0]), (std::vector<float>{6, 14, 15}));
}

TEST_F(OnnxSessionTest, UsesExternalWeights) {
  model::Artifact artifact = ArtifactOfFile(kModelFolder + "external_data.onnx");
  artifact.external.push_back({"external_data.onnx.data",
                               std::make_shared<const std::string>(
                                   ReadRepositoryFile(kModelFolder + "external_data.onnx.data"))});
  const auto session = backend_.Open(artifact);
  ASSERT_TRUE(session.ok()) << session.error().message;
  const auto& shape = (*session)->signature().inputs.at(0).shape;
  const auto width = static_cast<std::size_t>(shape.back());
  std::vector<float> weights(artifact.external[0].bytes->size() / sizeof(float));
  std::memcpy(weights.data(), artifact.external[0].bytes->data(), weights.size() * sizeof(float));
  ASSERT_EQ(weights.size(), width);
  std::vector<float> row(width, 0);
  row[0] = 1;
  const Tensor input = MakeTensor<float>(DataType::kFp32, {1, shape.back()}, row);
  const TensorView view = input.view();
  const auto outputs = (*session)->Run({&view, 1}, {}, nullptr);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  EXPECT_EQ(Values<float>(outputs->tensors()[0]), std::vector<float>{weights[0]});
}

TEST_F(OnnxSessionTest, ReadsScalarsAndOutputsWithoutADeclaredShape) {
  for (const char* file : {"scalar_output.onnx", "optional_shape.onnx"}) {
    const auto session = Open(kModelFolder + file);
    ASSERT_NE(session, nullptr);
    const auto& spec = session->signature().inputs.at(0);
    const auto width = spec.shape.back() < 0 ? 3 : spec.shape.back();
    const Tensor input = MakeTensor<float>(DataType::kFp32, {1, width},
                                           std::vector<float>(static_cast<std::size_t>(width), 2));
    const TensorView view = input.view();
    const auto outputs = session->Run({&view, 1}, {}, nullptr);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    EXPECT_EQ(outputs->tensors()[0].elements(), 1U) << file;
  }
}

TEST_F(OnnxSessionTest, RefusesWhatDoesNotFitTheSignatureByName) {
  const auto session = Open(kModelFolder + "two_inputs_two_outputs.onnx");
  const Tensor a = MakeTensor<float>(DataType::kFp32, {2, 2}, {1, 2, 3, 4});
  const Tensor b = MakeTensor<float>(DataType::kFp32, {2, 3}, {1, 1, 1, 2, 2, 2});
  const auto message = [&](const TensorView& one, const TensorView& other) {
    const TensorView inputs[] = {one, other};
    const auto outputs = session->Run(inputs, {}, nullptr);
    EXPECT_FALSE(outputs.ok());
    EXPECT_EQ(outputs.error().code, Code::kInvalid);
    return outputs.error().message;
  };
  const Tensor doubles = MakeTensor<double>(DataType::kFp64, {2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(message(doubles.view(), b.view()), "input 'a': expected FP32, got FP64");
  EXPECT_EQ(message(b.view(), b.view()), "input 'a': expected shape [-1,2], got [2,3]");
  TensorView cut = a.view();
  cut.bytes = cut.bytes.first(8);
  EXPECT_EQ(message(cut, b.view()), "input 'a': its 2 elements do not make the shape [2,2]");
  const std::int64_t negative[] = {-2, 2};
  TensorView wrong = a.view();
  wrong.shape = negative;
  EXPECT_NE(message(wrong, b.view()).find("input 'a'"), std::string::npos);
  const std::int64_t huge[] = {std::int64_t{1} << 62, 2};
  wrong.shape = huge;
  EXPECT_NE(message(wrong, b.view()).find("input 'a'"), std::string::npos);
  const Tensor one_row = MakeTensor<float>(DataType::kFp32, {1, 2}, {1, 2});
  EXPECT_EQ(message(one_row.view(), b.view()),
            "input 'b' has shape [2,3], which does not fit 'a' of shape [1,2]");
  const TensorView lonely = a.view();
  EXPECT_FALSE(session->Run({&lonely, 1}, {}, nullptr).ok());
  const TensorView inputs[] = {a.view(), b.view()};
  const std::size_t beyond[] = {2};
  EXPECT_FALSE(session->Run(inputs, beyond, nullptr).ok());
}

TEST_F(OnnxSessionTest, HoldsAFixedBatchToItsSize) {
  const auto session = Open(kModelFolder + "fixed_batch_4.onnx");
  const Tensor two = MakeTensor<float>(DataType::kFp32, {2, 4}, std::vector<float>(8, 1));
  const TensorView view = two.view();
  const auto refused = session->Run({&view, 1}, {}, nullptr);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("expected shape [4,4], got [2,4]"), std::string::npos);
  const Tensor four = MakeTensor<float>(DataType::kFp32, {4, 4}, std::vector<float>(16, 1));
  const TensorView fits = four.view();
  EXPECT_TRUE(session->Run({&fits, 1}, {}, nullptr).ok());
}

TEST_F(OnnxSessionTest, StopsARunThatIsTerminatedAndServesTheNextOne) {
  const auto session = Open(kModelFolder + "slow_loop.onnx");
  ASSERT_EQ(session->signature().inputs.size(), 1U);
  const Tensor forever = MakeTensor<std::int64_t>(DataType::kInt64, {1}, {std::int64_t{1} << 60});
  const TensorView view = forever.view();
  const auto control = session->MakeControl();
  std::thread stopper([&] { control->Terminate(); });
  const auto stopped = session->Run({&view, 1}, {}, control.get());
  stopper.join();
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, Code::kDeadline);
  EXPECT_EQ(stopped.error().message, "the model was stopped: its time is over");
  const auto later = session->Run({&view, 1}, {}, control.get());
  ASSERT_FALSE(later.ok());
  EXPECT_EQ(later.error().code, Code::kDeadline);
  const Tensor few = MakeTensor<std::int64_t>(DataType::kInt64, {1}, {3});
  const TensorView short_view = few.view();
  const auto fresh = session->MakeControl();
  EXPECT_TRUE(session->Run({&short_view, 1}, {}, fresh.get()).ok());
}

TEST_F(OnnxSessionTest, ChargesTheTensorsOfARunUntilItsOutputsAreGone) {
  base::MemoryBudget memory(std::size_t{16} << 20U);
  OnnxBackend backend({.memory = &memory, .log = {}});
  const auto session = backend.Open(ArtifactOfFile(kModelFolder + "allocation_on_run.onnx"));
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(memory.used(), 0U) << "weights are not of a run";
  const auto run = [&](std::int64_t floats) {
    const Tensor size = MakeTensor<std::int64_t>(DataType::kInt64, {1}, {floats});
    const TensorView view = size.view();
    return (*session)->Run({&view, 1}, {}, nullptr);
  };
  {
    const auto outputs = run(1 << 20);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    EXPECT_GE(memory.used(base::MemoryPurpose::kModels), std::size_t{4} << 20U);
  }
  EXPECT_EQ(memory.used(), 0U);
  {
    const auto others = memory.Take(std::size_t{14} << 20U, base::MemoryPurpose::kInput);
    const auto late = run(1 << 20);
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().code, Code::kUnavailable);
    EXPECT_EQ(late.error().message,
              "the model needs 4MiB for one tensor, more memory than is left");
  }
  const auto never = run(1 << 23);
  ASSERT_FALSE(never.ok());
  EXPECT_EQ(never.error().code, Code::kInvalid);
  EXPECT_EQ(never.error().message,
            "the model needs 32MiB for one tensor, more than server.memory (16MiB) leaves for it");
  EXPECT_EQ(memory.used(), 0U);
  EXPECT_TRUE(run(1 << 20).ok()) << "a run that found no room leaves nothing behind";
}

TEST_F(OnnxSessionTest, ChargesTheTextThatAModelAnswers) {
  base::MemoryBudget memory(std::size_t{1} << 20U);
  OnnxBackend backend({.memory = &memory, .log = {}});
  const auto session = backend.Open(ArtifactOfFile(kModelFolder + "identity_string.onnx"));
  ASSERT_TRUE(session.ok()) << session.error().message;
  const auto run = [&](std::size_t length) {
    const Tensor text = MakeStrings({1, 3}, {std::string(length, 'x'), "y", "z"});
    const TensorView view = text.view();
    return (*session)->Run({&view, 1}, {}, nullptr);
  };
  {
    const auto outputs = run(500'000);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    EXPECT_GE(memory.used(base::MemoryPurpose::kModels), 500'000U);
  }
  EXPECT_EQ(memory.used(), 0U);
  EXPECT_EQ(run(2'000'000).error().code, Code::kInvalid);
}

TEST_F(OnnxSessionTest, ReportsAFaultInsideTheModelWithoutPathsOfTheLibrary) {
  const auto session = Open(kModelFolder + "allocation_on_run.onnx");
  const Tensor negative = MakeTensor<std::int64_t>(DataType::kInt64, {1}, {-1});
  const TensorView view = negative.view();
  const auto outputs = session->Run({&view, 1}, {}, nullptr);
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().code, Code::kInternal) << outputs.error().message;
  EXPECT_EQ(outputs.error().message.find(".cc:"), std::string::npos) << outputs.error().message;
  EXPECT_EQ(outputs.error().message.find("onnxruntime_src"), std::string::npos);
}

// The answers of onnxruntime's own Python interface to the same rows.
struct Reference {
  std::vector<float> rows;
  std::int64_t count = 0;
  std::int64_t width = 0;
  json::Json expected;
};

Reference ReadReference(const std::string& name) {
  Reference reference;
  auto json = json::ParseJson(ReadRepositoryFile("tests/reference/predictions_" + name + ".json"));
  EXPECT_TRUE(json.ok());
  if (!json.ok()) return reference;
  reference.expected = *std::move(json);
  const auto& rows = reference.expected["features"];
  reference.count = static_cast<std::int64_t>(rows.size());
  reference.width = static_cast<std::int64_t>(rows[0].size());
  for (const auto& row : rows) {
    for (const auto& value : row) reference.rows.push_back(static_cast<float>(value.get<double>()));
  }
  return reference;
}

class Example : public testing::TestWithParam<std::string> {};

TEST_P(Example, AnswersAsTheReferenceDoesRowByRowAndAsABatch) {
  const std::string name = GetParam();
  OnnxBackend backend;
  const std::string file = name == "cancer_v2" ? "cancer/model-v2" : name + "/model";
  const auto session = backend.Open(ArtifactOfFile("examples/" + file + ".onnx"));
  ASSERT_TRUE(session.ok()) << session.error().message;
  const Reference reference = ReadReference(name);
  ASSERT_GT(reference.count, 0);
  const auto check = [&](std::int64_t first, std::int64_t count) {
    const std::int64_t shape[] = {count, reference.width};
    const auto from = static_cast<std::size_t>(first * reference.width);
    const auto size = static_cast<std::size_t>(count * reference.width);
    TensorView view;
    view.shape = shape;
    view.bytes = std::as_bytes(std::span<const float>(reference.rows).subspan(from, size));
    const auto outputs = (*session)->Run({&view, 1}, {}, nullptr);
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    for (std::int64_t row = 0; row < count; ++row) {
      const auto at = static_cast<std::size_t>(row);
      const auto source = static_cast<std::size_t>(first + row);
      const auto& json = reference.expected;
      if (json.contains("value")) {
        const double value = json["value"][source].get<double>();
        EXPECT_NEAR(NumberAt(outputs->tensors()[0], at), value, 1e-5 * std::abs(value));
        continue;
      }
      const TensorView& label = outputs->tensors()[0];
      if (label.type == DataType::kBytes) {
        EXPECT_EQ(label.strings[at], json["label"][source].get<std::string>());
      } else {
        EXPECT_EQ(NumberAt(label, at), json["label"][source].get<double>());
      }
      const auto& probabilities = json["probabilities"][source];
      ASSERT_EQ(outputs->tensors()[1].shape.size(), 2U);
      ASSERT_EQ(outputs->tensors()[1].shape[1], static_cast<std::int64_t>(probabilities.size()));
      for (std::size_t c = 0; c < probabilities.size(); ++c) {
        EXPECT_NEAR(NumberAt(outputs->tensors()[1], at * probabilities.size() + c),
                    probabilities[c].get<double>(), 1e-6);
      }
    }
  };
  check(0, reference.count);
  for (std::int64_t row = 0; row < reference.count; ++row) check(row, 1);
}

INSTANTIATE_TEST_SUITE_P(All, Example,
                         testing::Values("cancer", "cancer_v2", "digits", "wine", "diabetes"),
                         [](const auto& each) { return each.param; });

// A field of a Protocol Buffers message.
std::string Field(int number, const std::string& bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) +
         std::string(1, static_cast<char>(bytes.size())) + bytes;
}
std::string Field(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}

// x FP32 [2], scale FP32 [2] with the default (2, 3) -> y = x * scale.
std::string ModelWithADefault() {
  const std::string type = Field(2, Field(1, Field(1, 1) + Field(2, Field(1, Field(1, 2)))));
  const std::vector<float> scale = {2, 3};
  std::string raw(sizeof(float) * 2, '\0');
  std::memcpy(raw.data(), scale.data(), raw.size());
  const std::string node = Field(1, "x") + Field(1, "scale") + Field(2, "y") + Field(4, "Mul");
  const std::string tensor = Field(1, 2) + Field(2, 1) + Field(8, "scale") + Field(9, raw);
  const std::string graph = Field(1, node) + Field(2, "g") + Field(5, tensor) +
                            Field(11, Field(1, "x") + type) + Field(11, Field(1, "scale") + type) +
                            Field(12, Field(1, "y") + type);
  return Field(1, 8) + Field(7, graph) + Field(8, Field(1, "") + Field(2, 17));
}

TEST_F(OnnxSessionTest, UsesTheDefaultOfAnInputThatIsLeftOut) {
  const auto session = backend_.Open(ArtifactOf(ModelWithADefault()));
  ASSERT_TRUE(session.ok()) << session.error().message;
  ASSERT_EQ((*session)->signature().inputs.size(), 2U);
  EXPECT_FALSE((*session)->signature().inputs[0].optional);
  EXPECT_TRUE((*session)->signature().inputs[1].optional);
  EXPECT_EQ((*session)->signature().inputs[1].name, "scale");
  const Tensor x = MakeTensor<float>(DataType::kFp32, {2}, {1, 1});
  const Tensor scale = MakeTensor<float>(DataType::kFp32, {2}, {5, 7});
  const TensorView left_out[] = {x.view(), TensorView{}};
  const auto by_default = (*session)->Run(left_out, {}, nullptr);
  ASSERT_TRUE(by_default.ok()) << by_default.error().message;
  EXPECT_EQ(Values<float>(by_default->tensors()[0]), (std::vector<float>{2, 3}));
  const TensorView given[] = {x.view(), scale.view()};
  const auto overridden = (*session)->Run(given, {}, nullptr);
  ASSERT_TRUE(overridden.ok());
  EXPECT_EQ(Values<float>(overridden->tensors()[0]), (std::vector<float>{5, 7}));
  const TensorView required[] = {TensorView{}, scale.view()};
  EXPECT_EQ((*session)->Run(required, {}, nullptr).error().code, Code::kInvalid);
}

TEST_F(OnnxSessionTest, OrdersTheColumnsOfAZipMapByKeyWhateverTheOrderOfItsLabels) {
  const Reference reference = ReadReference("wine");
  std::string bytes = ReadRepositoryFile("examples/wine/model.onnx");
  // "barolo" becomes the last label, but stays in the middle of the classifier's columns.
  for (std::size_t at = bytes.find("barolo"); at != std::string::npos; at = bytes.find("barolo")) {
    bytes[at] = 'z';
  }
  const auto session = backend_.Open(ArtifactOf(bytes));
  ASSERT_TRUE(session.ok()) << session.error().message;
  EXPECT_EQ(std::get<std::vector<std::string>>(
                *(*session)->graph().outputs.at("output_probability").labels),
            (std::vector<std::string>{"barbera", "grignolino", "zarolo"}));
  const std::int64_t shape[] = {reference.count, reference.width};
  TensorView view;
  view.shape = shape;
  view.bytes = std::as_bytes(std::span<const float>(reference.rows));
  const auto outputs = (*session)->Run({&view, 1}, {}, nullptr);
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  EXPECT_EQ(ShapeOf(outputs->tensors()[1]), (Shape{reference.count, 3}));
  for (std::size_t row = 0; row < static_cast<std::size_t>(reference.count); ++row) {
    const auto& expected = reference.expected["probabilities"][row];
    EXPECT_NEAR(NumberAt(outputs->tensors()[1], row * 3 + 0), expected[0].get<double>(), 1e-6);
    EXPECT_NEAR(NumberAt(outputs->tensors()[1], row * 3 + 1), expected[2].get<double>(), 1e-6);
    EXPECT_NEAR(NumberAt(outputs->tensors()[1], row * 3 + 2), expected[1].get<double>(), 1e-6);
  }
}

TEST_F(OnnxSessionTest, ServesFourThreadsAtOnce) {
  const auto session = Open("examples/digits/model.onnx");
  const Reference reference = ReadReference("digits");
  const std::int64_t shape[] = {reference.count, reference.width};
  TensorView view;
  view.shape = shape;
  view.bytes = std::as_bytes(std::span<const float>(reference.rows));
  const auto expected = session->Run({&view, 1}, {}, nullptr);
  ASSERT_TRUE(expected.ok());
  std::vector<std::thread> threads;
  std::vector<int> equal(4, 0);
  threads.reserve(equal.size());
  for (int& count : equal) {
    threads.emplace_back([&session, &expected, &count, view] {
      for (int i = 0; i < 50; ++i) {
        const auto outputs = session->Run({&view, 1}, {}, nullptr);
        if (outputs.ok() &&
            std::ranges::equal(outputs->tensors()[1].bytes, expected->tensors()[1].bytes)) {
          ++count;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(equal, std::vector<int>(4, 50));
}

template <typename T>
base::Result<std::vector<T>> Divide(const Session& session, DataType type, std::vector<T> a,
                                    std::vector<T> b) {
  const Shape shape{static_cast<std::int64_t>(a.size())};
  const Tensor numerator = MakeTensor(type, shape, a);
  const Tensor divisor = MakeTensor(type, shape, b);
  const std::array views = {numerator.view(), divisor.view()};
  ASSIGN_OR_RETURN(const Outputs outputs, session.Run(views, {}, nullptr));
  return Values<T>(outputs.tensors()[0]);
}

template <typename T>
void ExpectOnlyRefusals(OnnxBackend& backend, DataType type, int onnx_type) {
  const T least = std::numeric_limits<T>::min();
  for (const char* op : {"Div", "Mod"}) {
    const auto session = backend.Open(ArtifactOf(DivisionModel(op, onnx_type).Bytes()));
    ASSERT_TRUE(session.ok()) << session.error().message;
    std::vector<std::pair<std::vector<T>, std::vector<T>>> wrong = {{{7}, {0}},
                                                                    {{7, 8, 9}, {1, 0, 3}}};
#if defined(__x86_64__)  // elsewhere such a quotient is the numerator
    wrong.push_back({{least}, {-1}});
    wrong.push_back({{1, least}, {1, -1}});
#endif
    for (const auto& [a, b] : wrong) {
      const auto answer = Divide<T>(**session, type, a, b);
      ASSERT_FALSE(answer.ok()) << op;
      EXPECT_EQ(answer.error().code, Code::kInvalid);
      EXPECT_EQ(answer.error().message,
                "the model divides an integer by zero (or the smallest integer by -1) for this "
                "input");
    }
    const auto answer = Divide<T>(**session, type, {7, -9}, {2, 3});
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ((*answer)[1], op == std::string_view("Div") ? -3 : 0);
  }
}

TEST_F(OnnxSessionTest, RefusesAnInputWhoseQuotientThereIsNotAndRunsOn) {
  ExpectOnlyRefusals<std::int64_t>(backend_, DataType::kInt64, kOnnxInt64);
  ExpectOnlyRefusals<std::int32_t>(backend_, DataType::kInt32, kOnnxInt32);
}

#if defined(__x86_64__)
TEST_F(OnnxSessionTest, RefusesSuchInputsInManyThreadsAtOnce) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  const auto session = backend_.Open(ArtifactOf(DivisionModel("Div", kOnnxInt64).Bytes()));
  ASSERT_TRUE(session.ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, least = i % 2 == 0] {
      for (int round = 0; round < 200; ++round) {
        const auto answer =
            Divide<std::int64_t>(**session, DataType::kInt64, {8, least ? kLeast : 8}, {2, -1});
        EXPECT_EQ(answer.ok(), !least);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}
#endif

TEST_F(OnnxSessionTest, RefusesAGraphThatDividesConstantsByZero) {
  std::vector<std::pair<std::int64_t, std::int64_t>> wrong = {{7, 0}};
#if defined(__x86_64__)
  wrong.emplace_back(std::numeric_limits<std::int64_t>::min(), -1);
#endif
  for (const auto& [a, b] : wrong) {
    const auto session =
        backend_.Open(ArtifactOf(DivisionModel("Div", kOnnxInt64).WithConstants(a, b).Bytes()));
    ASSERT_FALSE(session.ok());
    EXPECT_EQ(session.error().code, Code::kInvalid);
    EXPECT_EQ(session.error().message,
              "the graph divides an integer constant by zero (or the smallest integer by -1)");
  }
  EXPECT_TRUE(
      backend_.Open(ArtifactOf(DivisionModel("Div", kOnnxInt64).WithConstants(7, 2).Bytes())).ok());
}

}  // namespace
}  // namespace moorage::runtime

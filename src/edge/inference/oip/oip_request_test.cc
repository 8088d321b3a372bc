#include "edge/inference/oip/oip_request.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "edge/inference/testing/fake_tensor_model.h"

namespace moorage::inference {
namespace {

using base::Detail;
using model::DataType;
using model::TensorSpec;

// A version with these inputs, and outputs out0 and out1.
std::shared_ptr<servable::Servable> ModelOf(std::vector<TensorSpec> inputs) {
  model::Manifest manifest;
  manifest.signature.inputs = std::move(inputs);
  manifest.signature.outputs = {{.name = "out0", .type = DataType::kFp32, .shape = {-1, 2}},
                                {.name = "out1", .type = DataType::kInt64, .shape = {-1}}};
  return servable::MakeFakeServable(
      std::make_unique<FakeTensorSession>(manifest.signature, TensorFunction()), manifest);
}

std::shared_ptr<servable::Servable> OneInput(DataType type, model::Shape shape) {
  return ModelOf({{.name = "x", .type = type, .shape = std::move(shape)}});
}

std::string InferBody(std::string_view type, std::string_view shape, std::string_view data) {
  return R"({"inputs": [{"name": "x", "datatype": ")" + std::string(type) + R"(", "shape": )" +
         std::string(shape) + R"(, "data": )" + std::string(data) + "}]}";
}

template <typename T>
std::vector<T> Elements(const model::Tensor& tensor) {
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

// The elements of the one input, or nothing and a failed test.
template <typename T>
std::vector<T> Read(DataType type, std::string_view shape, std::string_view data,
                    model::Shape spec = {-1}) {
  const auto model = OneInput(type, std::move(spec));
  const auto request = DecodeOipRequest(InferBody(model::Name(type), shape, data), *model);
  if (!request.ok()) {
    ADD_FAILURE() << request.error().message;
    return {};
  }
  return Elements<T>(request->inputs[0]);
}

std::vector<Detail> Problems(const servable::Servable& model, std::string_view body) {
  const auto request = DecodeOipRequest(body, model);
  if (request.ok()) return {};
  EXPECT_EQ(request.error().code, base::Code::kInvalid);
  return request.error().details;
}

// The one problem of a request with one input, as its path and its text.
std::string Problem(const servable::Servable& model, std::string_view body) {
  const auto problems = Problems(model, body);
  if (problems.empty()) return "none";
  return problems[0].path + ": " + problems[0].problem;
}

std::string ProblemOf(DataType type, std::string_view shape, std::string_view data,
                      model::Shape spec = {-1}) {
  return Problem(*OneInput(type, std::move(spec)), InferBody(model::Name(type), shape, data));
}

TEST(OipRequest, ReadsEveryDatatypeAtTheEndsOfItsRange) {
  EXPECT_EQ(Read<std::uint8_t>(DataType::kBool, "[2]", "[true, false]"),
            (std::vector<std::uint8_t>{1, 0}));
  EXPECT_EQ(Read<std::uint8_t>(DataType::kUint8, "[2]", "[0, 255]"),
            (std::vector<std::uint8_t>{0, 255}));
  EXPECT_EQ(Read<std::uint16_t>(DataType::kUint16, "[1]", "[65535]"),
            (std::vector<std::uint16_t>{65535}));
  EXPECT_EQ(Read<std::uint32_t>(DataType::kUint32, "[1]", "[4294967295]"),
            (std::vector<std::uint32_t>{4294967295U}));
  EXPECT_EQ(Read<std::uint64_t>(DataType::kUint64, "[2]", "[18446744073709551615, 0]"),
            (std::vector<std::uint64_t>{18446744073709551615U, 0}));
  EXPECT_EQ(Read<std::int8_t>(DataType::kInt8, "[2]", "[-128, 127]"),
            (std::vector<std::int8_t>{-128, 127}));
  EXPECT_EQ(Read<std::int16_t>(DataType::kInt16, "[2]", "[-32768, 32767]"),
            (std::vector<std::int16_t>{-32768, 32767}));
  EXPECT_EQ(Read<std::int32_t>(DataType::kInt32, "[2]", "[-2147483648, 2147483647]"),
            (std::vector<std::int32_t>{INT32_MIN, INT32_MAX}));
  EXPECT_EQ(
      Read<std::int64_t>(DataType::kInt64, "[2]", "[-9223372036854775808, 9223372036854775807]"),
      (std::vector<std::int64_t>{INT64_MIN, INT64_MAX}));
  EXPECT_EQ(Read<std::uint16_t>(DataType::kFp16, "[3]", "[1, -2.5, 65504]"),
            (std::vector<std::uint16_t>{0x3C00, 0xC100, 0x7BFF}));
  EXPECT_EQ(Read<std::uint16_t>(DataType::kBf16, "[2]", "[1, -2.5]"),
            (std::vector<std::uint16_t>{0x3F80, 0xC020}));
  EXPECT_EQ(Read<float>(DataType::kFp32, "[3]", "[0.1, -1e-3, 3.4028234e38]"),
            (std::vector<float>{0.1F, -1e-3F, 3.4028234e38F}));
  EXPECT_EQ(Read<double>(DataType::kFp64, "[2]", "[0.30000000000000004, 1.7976931348623157e308]"),
            (std::vector<double>{0.30000000000000004, 1.7976931348623157e308}));
}

TEST(OipRequest, ReadsBytesWithNulEscapesAndNothing) {
  const auto model = OneInput(DataType::kBytes, {-1, 2});
  const auto request = DecodeOipRequest(
      InferBody("BYTES", "[2, 2]", R"([["a\u0000b", ""], ["g\u00eanes", "\ud83d\ude00"]])"),
      *model);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(
      request->inputs[0].strings,
      (std::vector<std::string>{std::string("a\0b", 3), "", "g\xC3\xAAnes", "\xF0\x9F\x98\x80"}));
}

TEST(OipRequest, ReadsNestedAndFlatDataAlike) {
  const model::Shape spec = {-1, 2, 3};
  const std::vector<float> expected = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  for (const char* data :
       {"[[[1,2,3],[4,5,6]],[[7,8,9],[10,11,12]]]", "[1,2,3,4,5,6,7,8,9,10,11,12]",
        " [ 1e0 , 2 , 3 , 4 , 5 , 6 , 7 , 8 , 9 , 10 , 11 , 12 ] "}) {
    EXPECT_EQ(Read<float>(DataType::kFp32, "[2,2,3]", data, spec), expected) << data;
  }
  EXPECT_EQ(Read<std::int64_t>(DataType::kInt64, "[2,2]", "[[1,2],[3,4]]", {-1, 2}),
            Read<std::int64_t>(DataType::kInt64, "[2,2]", "[1,2,3,4]", {-1, 2}));
}

TEST(OipRequest, RefusesDataThatIsNeitherNestedNorFlat) {
  for (const DataType type : {DataType::kFp32, DataType::kInt64}) {
    for (const char* data : {"[[1,2],3,4]", "[1,2,[3,4]]", "[[1,2],[3,4],5]", "[[[1,2],[3,4]]]",
                             "[[1,2,3,4]]", "[[1],[2,3,4]]", "[]", "[[],[]]", "7", "{}", "null"}) {
      EXPECT_NE(ProblemOf(type, "[2,2]", data, {-1, 2}), "none") << data;
    }
  }
  EXPECT_EQ(ProblemOf(DataType::kFp32, "[2,2]", "[[1,2],[3]]", {-1, 2}),
            "inputs[0].data[1]: expected 2 elements, got 1");
  EXPECT_EQ(ProblemOf(DataType::kFp32, "[2,2]", "[1,2,3]", {-1, 2}),
            "inputs[0].data: shape [2,2] holds 4 elements, got 3");
  EXPECT_EQ(ProblemOf(DataType::kFp32, "[2]", "[1,2,3]"),
            "inputs[0].data: shape [2] holds 2 elements, got 3");
}

TEST(OipRequest, ReadsTensorsWithoutElementsAndScalars) {
  EXPECT_TRUE(Read<float>(DataType::kFp32, "[0,30]", "[]", {-1, 30}).empty());
  EXPECT_TRUE(Read<float>(DataType::kFp32, "[2,0]", "[[],[]]", {-1, -1}).empty());
  EXPECT_TRUE(Read<float>(DataType::kFp32, "[2,0]", "[]", {-1, -1}).empty());
  EXPECT_TRUE(Read<std::int64_t>(DataType::kInt64, "[0]", "[]").empty());
  EXPECT_EQ(Read<float>(DataType::kFp32, "[]", "[2.5]", {}), (std::vector<float>{2.5F}));
  EXPECT_EQ(Read<std::int64_t>(DataType::kInt64, "[]", "[7]", {}), (std::vector<std::int64_t>{7}));
  EXPECT_NE(ProblemOf(DataType::kFp32, "[]", "[1, 2]", {}), "none");
  EXPECT_NE(ProblemOf(DataType::kFp32, "[0,30]", "[1]", {-1, 30}), "none");
}

TEST(OipRequest, TakesTheWordsForNumbersThatAreNotFinite) {
  const auto floats = Read<float>(DataType::kFp32, "[3]", "[NaN, Infinity, -Infinity]");
  ASSERT_EQ(floats.size(), 3U);
  EXPECT_TRUE(floats[0] != floats[0]);
  EXPECT_EQ(floats[1], std::numeric_limits<float>::infinity());
  EXPECT_EQ(floats[2], -std::numeric_limits<float>::infinity());
  EXPECT_EQ(Read<double>(DataType::kFp64, "[1]", "[-Infinity]")[0],
            -std::numeric_limits<double>::infinity());
  EXPECT_EQ(Read<std::uint16_t>(DataType::kFp16, "[1]", "[Infinity]")[0], 0x7C00);
  EXPECT_EQ(Read<std::uint16_t>(DataType::kBf16, "[1]", "[Infinity]")[0], 0x7F80);
  EXPECT_EQ(ProblemOf(DataType::kInt64, "[1]", "[NaN]"), "inputs[0].data[0]: not a finite number");
  EXPECT_NE(ProblemOf(DataType::kBytes, "[1]", "[NaN]"), "none");
}

TEST(OipRequest, RefusesNumbersThatTheDatatypeCannotHold) {
  const struct {
    DataType type;
    const char* number;
  } cases[] = {{DataType::kUint8, "256"},
               {DataType::kUint8, "-1"},
               {DataType::kInt8, "128"},
               {DataType::kUint16, "65536"},
               {DataType::kInt32, "2147483648"},
               {DataType::kInt32, "1.5"},
               {DataType::kUint32, "4294967296"},
               {DataType::kInt64, "9223372036854775808"},
               {DataType::kInt64, "-9223372036854775809"},
               {DataType::kUint64, "18446744073709551616"},
               {DataType::kUint64, "-1"},
               {DataType::kFp16, "1e6"},
               {DataType::kFp32, "1e39"},
               {DataType::kFp64, "1e400"},
               {DataType::kInt64, "9007199254740993.5"},
               {DataType::kBool, "1"},
               {DataType::kBool, "\"true\""},
               {DataType::kFp32, "\"1\""},
               {DataType::kFp32, "true"},
               {DataType::kFp32, "null"},
               {DataType::kBytes, "1"},
               {DataType::kBytes, "null"}};
  for (const auto& [type, number] : cases) {
    const std::string data = "[" + std::string(number) + "]";
    EXPECT_TRUE(ProblemOf(type, "[1]", data).starts_with("inputs[0].data[0]: "))
        << model::Name(type) << " " << number;
  }
}

TEST(OipRequest, TakesANumberForTheSameHoweverItIsWritten) {
  EXPECT_EQ(Read<float>(DataType::kFp32, "[3]", "[16777217, 16777217.0, 99999999999999999999]"),
            (std::vector<float>{16777216.0F, 16777216.0F, 1e20F}));
  EXPECT_EQ(Read<double>(DataType::kFp64, "[1]", "[9007199254740993]"),
            (std::vector<double>{9007199254740992.0}));
  EXPECT_EQ(Read<std::int64_t>(DataType::kInt64, "[4]", "[1.0, 1e2, -0.0, 9007199254740993.0]"),
            (std::vector<std::int64_t>{1, 100, 0, 9007199254740993}));
}

TEST(OipRequest, ReportsEachWrongElementUpToSixteen) {
  const auto model = OneInput(DataType::kInt32, {-1, 2});
  EXPECT_EQ(Problems(*model, InferBody("INT32", "[2,2]", R"([[1, "a"], [1.5, 2]])")),
            (std::vector<Detail>{
                {"inputs[0].data[0][1]", "a string where a number is expected"},
                {"inputs[0].data[1][0]",
                 Problems(*model, InferBody("INT32", "[1,2]", "[1.5, 2]"))[0].problem}}));
  std::string data = "[";
  for (int i = 0; i < 40; ++i) data += "\"x\",";
  data.back() = ']';
  EXPECT_EQ(Problems(*model, InferBody("INT32", "[20,2]", data)).size(), 16U);
}

TEST(OipRequest, ChecksNamesTypesAndShapesAgainstTheSignature) {
  const auto model = OneInput(DataType::kFp32, {-1, 2});
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"name": "y", "datatype": "FP32", "shape": [1,2],
                                            "data": [1,2]}]})"),
            "inputs[0].name: 'y' is not an input of this model; its inputs: x");
  EXPECT_EQ(Problem(*model, InferBody("FP64", "[1,2]", "[1,2]")),
            "inputs[0].datatype: 'x' is FP32, got 'FP64'");
  EXPECT_EQ(Problem(*model, InferBody("FP32", "[2]", "[1,2]")),
            "inputs[0].shape: 'x' is [-1,2], got [2]");
  EXPECT_EQ(Problem(*model, InferBody("FP32", "[1,3]", "[1,2,3]")),
            "inputs[0].shape: 'x' is [-1,2], got [1,3]");
  EXPECT_EQ(Problem(*model, InferBody("FP32", "[-1,2]", "[1,2]")),
            "inputs[0].shape[0]: must be an integer of at least 0");
  EXPECT_EQ(Problem(*model, InferBody("FP32", "[1,2.0]", "[1,2]")),
            "inputs[0].shape[1]: must be an integer of at least 0");
  EXPECT_EQ(Problem(*model, InferBody("FP32", "\"1,2\"", "[1,2]")),
            "inputs[0].shape: must be an array");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"name": "x", "shape": [1,2], "data": [1,2]}]})"),
            "inputs[0].datatype: missing");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"name": "x", "datatype": "FP32", "data": [1,2]}]})"),
            "inputs[0].shape: missing");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"name": "x", "datatype": "FP32", "shape": [1,2]}]})"),
            "inputs[0].data: missing");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"datatype": "FP32"}]})"), "inputs[0].name: missing");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"name": "x", "name": "x"}]})"),
            "inputs[0].name: given twice");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"name": "", "name": "x"}]})"),
            "inputs[0].name: given twice");
}

TEST(OipRequest, WantsEveryRequiredInputOnce) {
  const auto model =
      ModelOf({{.name = "x", .type = DataType::kFp32, .shape = {-1, 1}},
               {.name = "y", .type = DataType::kInt64, .shape = {-1, 1}},
               {.name = "z", .type = DataType::kFp32, .shape = {1}, .optional = true}});
  const std::string x = R"({"name": "x", "datatype": "FP32", "shape": [1,1], "data": [1]})";
  const std::string y = R"({"name": "y", "datatype": "INT64", "shape": [1,1], "data": [2]})";
  const auto whole = DecodeOipRequest(R"({"inputs": [)" + y + "," + x + "]}", *model);
  ASSERT_TRUE(whole.ok()) << whole.error().message;
  EXPECT_EQ(Elements<float>(whole->inputs[0]), std::vector<float>{1});
  EXPECT_EQ(Elements<std::int64_t>(whole->inputs[1]), std::vector<std::int64_t>{2});
  EXPECT_TRUE(whole->inputs[2].shape.empty());
  EXPECT_TRUE(whole->inputs[2].bytes.empty());
  EXPECT_EQ(Problem(*model, R"({"inputs": [)" + x + "]}"), "inputs: 'y' is missing");
  EXPECT_EQ(Problem(*model, R"({"inputs": [)" + x + "," + y + "," + x + "]}"),
            "inputs[2].name: 'x' given twice");
  EXPECT_EQ(Problem(*model, R"({"inputs": []})"), "inputs: 'x' is missing");
  EXPECT_EQ(Problem(*model, R"({"inputs": {}})"), "inputs: must be an array");
  EXPECT_EQ(Problem(*model, "{}"), "inputs: missing");
  const std::string rows = R"({"name": "y", "datatype": "INT64", "shape": [2,1], "data": [2,3]})";
  EXPECT_EQ(Problem(*model, R"({"inputs": [)" + x + "," + rows + "]}"),
            "inputs: 'y' has 2 rows, another input has 1");
}

TEST(OipRequest, TakesOutputsInTheOrderOfTheRequest) {
  const auto model = OneInput(DataType::kFp32, {-1});
  const auto with = [&](std::string_view outputs) {
    return R"({"inputs": [{"name": "x", "datatype": "FP32", "shape": [1], "data": [1]}], "outputs": )" +
           std::string(outputs) + "}";
  };
  const auto wanted = [&](std::string_view outputs) {
    return DecodeOipRequest(with(outputs), *model)->outputs;
  };
  EXPECT_EQ(wanted("[]"), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(wanted(R"([{"name": "out1"}])"), (std::vector<std::size_t>{1}));
  EXPECT_EQ(wanted(R"([{"name": "out1"}, {"name": "out0", "parameters": {}}])"),
            (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(Problem(*model, with(R"([{"name": "out2"}])")),
            "outputs[0].name: 'out2' is not an output of this model; its outputs: out0, out1");
  EXPECT_EQ(Problem(*model, with(R"([{"name": "out0"}, {"name": "out0"}])")),
            "outputs[1].name: 'out0' given twice");
  EXPECT_EQ(Problem(*model, with("[{}]")), "outputs[0].name: missing");
  EXPECT_EQ(Problem(*model, with("[3]")), "outputs[0]: must be an object");
}

TEST(OipRequest, IgnoresUnknownMembersAndKeepsTheId) {
  const auto model = OneInput(DataType::kFp32, {-1});
  const auto request = DecodeOipRequest(
      R"({"model_name": "m", "id": "a\"1", "extra": {"deep": [1, {}]},
          "parameters": {"binary_data_output": false, "own": [1]},
          "inputs": [{"data": [1], "shape": [1], "datatype": "FP32", "name": "x", "more": null,
                      "parameters": {"binary_data": false}}]})",
      *model);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->id, "a\"1");
  EXPECT_EQ(Elements<float>(request->inputs[0]), std::vector<float>{1});
  EXPECT_EQ(Problem(*model, R"({"id": 7, "inputs": []})"), "id: must be a string");
}

TEST(OipRequest, TakesNullForOptionalMembers) {
  const auto model = OneInput(DataType::kFp32, {-1});
  const auto request = DecodeOipRequest(
      R"({"id": null, "parameters": null, "outputs": null,
          "inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "parameters": null,
                      "data": [1]}]})",
      *model);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->id, "");
  EXPECT_EQ(request->outputs, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(Problem(*model, R"({"inputs": null})"), "inputs: must be an array");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"name": null}]})"), "inputs[0].name: must be a string");
  const auto one = DecodeOipRequest(
      R"({"outputs": [{"name": "out1", "parameters": null}],
          "inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [1]}]})",
      *model);
  ASSERT_TRUE(one.ok()) << one.error().message;
  EXPECT_EQ(one->outputs, (std::vector<std::size_t>{1}));
}

TEST(OipRequest, TakesEachMemberOnce) {
  const auto model = OneInput(DataType::kFp32, {-1});
  EXPECT_EQ(Problem(*model, R"({"id": "", "id": "b"})"), "id: given twice");
  EXPECT_EQ(Problem(*model, R"({"id": null, "id": "b"})"), "id: given twice");
  EXPECT_EQ(Problem(*model, R"({"outputs": [], "outputs": []})"), "outputs: given twice");
  EXPECT_EQ(Problem(*model, R"({"parameters": {}, "parameters": {}})"), "parameters: given twice");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"parameters": {}, "parameters": {}}]})"),
            "inputs[0].parameters: given twice");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"shape": [], "shape": []}]})"),
            "inputs[0].shape: given twice");
  EXPECT_EQ(Problem(*model, R"({"outputs": [{"name": "", "name": "out0"}]})"),
            "outputs[0].name: given twice");
}

TEST(OipRequest, RefusesParametersThatItWouldAnswerWrongly) {
  const auto model = OneInput(DataType::kFp32, {-1});
  EXPECT_EQ(Problem(*model, R"({"parameters": {"triton_x": 1}, "inputs": []})"),
            "parameters.triton_x: a reserved name");
  EXPECT_EQ(Problem(*model, R"({"parameters": {"binary_data_output": true}, "inputs": []})"),
            "parameters.binary_data_output: this server answers tensors as JSON: send false");
  EXPECT_EQ(Problem(*model, R"({"parameters": {"binary_data_output": 1}, "inputs": []})"),
            "parameters.binary_data_output: must be a boolean");
  EXPECT_EQ(Problem(*model, R"({"parameters": [], "inputs": []})"),
            "parameters: must be an object");
  EXPECT_EQ(
      Problem(*model, R"({"inputs": [{"name": "x", "parameters": {"binary_data_size": 4}}]})"),
      "inputs[0].parameters.binary_data_size: this server takes tensors as JSON: send "
      "\"data\"");
  EXPECT_EQ(Problem(*model, R"({"inputs": [{"parameters": {"shared_memory_region": "r"}}]})"),
            "inputs[0].parameters.shared_memory_region: this server takes tensors as JSON: send "
            "\"data\"");
  EXPECT_EQ(Problem(*model, R"({"outputs": [{"parameters": {"binary_data": true}}]})"),
            "outputs[0].parameters.binary_data: this server answers tensors as JSON: send false");
  EXPECT_EQ(Problem(*model, R"({"outputs": [{"parameters": {"classification": 3}}]})"),
            "outputs[0].parameters.classification: not supported");
}

TEST(OipRequest, DoesNotAllocateForAShapeThatTheBodyCannotFill) {
  const auto model = OneInput(DataType::kFp32, {-1, 30});
  for (const char* shape : {"[1099511627776, 30]", "[36028797018963968, 30]", "[1000000, 30]",
                            "[9223372036854775807, 30]"}) {
    EXPECT_FALSE(DecodeOipRequest(InferBody("FP32", shape, "[1]"), *model).ok()) << shape;
  }
  const auto any =
      ModelOf({{.name = "x", .type = DataType::kBytes, .shape = {}, .has_shape = false}});
  EXPECT_FALSE(
      DecodeOipRequest(InferBody("BYTES", "[4294967296, 4294967296]", "[\"\"]"), *any).ok());
  EXPECT_FALSE(
      DecodeOipRequest(InferBody("BYTES", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[\"\"]"), *any)
          .ok());
}

TEST(OipRequest, ReportsTextThatIsNotJsonByItsByte) {
  const auto model = OneInput(DataType::kFp32, {-1});
  for (const char* body :
       {"{", "[]", "nul", R"({"inputs": [}]})", R"({"inputs": []} x)", R"({"inputs": [],})",
        R"({"inputs": [{"name": "x", "datatype": "FP32", "shape": [1], "data": [1,]}]})"}) {
    const auto problems = Problems(*model, body);
    ASSERT_FALSE(problems.empty()) << body;
    EXPECT_TRUE(problems[0].path.starts_with("byte ")) << body << " " << problems[0].path;
  }
  EXPECT_EQ(Problem(*model, ""), "body: is empty: expected {\"inputs\": [...]}");
}

TEST(OipRequest, QuotesNoMoreThanTheBeginningOfALongName) {
  const auto model = OneInput(DataType::kFp32, {-1});
  const auto request =
      DecodeOipRequest(R"({"inputs": [{"name": ")" + std::string(100000, 'n') + R"("}]})", *model);
  ASSERT_FALSE(request.ok());
  EXPECT_LT(request.error().message.size(), 400U);
}

}  // namespace
}  // namespace moorage::inference

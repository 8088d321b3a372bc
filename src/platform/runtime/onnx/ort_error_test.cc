#include "platform/runtime/onnx/ort_error.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::runtime {
namespace {

using base::Code;

TEST(OrtError, LosesPathsAndSignaturesOfTheLibrarysSources) {
  EXPECT_EQ(
      CleanOrtMessage("/onnxruntime_src/onnxruntime/core/providers/cpu/math/element_wise_ops.h:560 "
                      "void onnxruntime::BroadcastIterator::Append(ptrdiff_t, ptrdiff_t) axis == 1 "
                      "was false. 2 by 3"),
      "axis == 1 was false. 2 by 3");
  EXPECT_EQ(
      CleanOrtMessage("Error: tensorprotoutils.cc:453 ValidateExternalDataPathFromDir path is bad"),
      "Error: path is bad");
  EXPECT_EQ(CleanOrtMessage(
                "a.cc:7 int onnxruntime::F<T>::G(const std::vector<int>&) const [with T = int] "
                "broke\nStacktrace:\n0x1234"),
            "broke");
}

TEST(OrtError, StaysWithinItsLengthAndKeepsCharactersWhole) {
  std::string message = "x";
  for (int i = 0; i < 400; ++i) message += "\xC3\xA4";
  const std::string clean = CleanOrtMessage(message);
  EXPECT_LE(clean.size(), 403U);
  EXPECT_TRUE(clean.ends_with("\xC3\xA4..."));
  const std::string euros = CleanOrtMessage([] {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "\xE2\x82\xAC";
    return text;
  }());
  EXPECT_TRUE(euros.ends_with("\xE2\x82\xAC...")) << euros;
}

TEST(OrtError, NamesAnUnknownOperator) {
  const auto error = TranslateLoadError(
      "This is an invalid model. In Node, (\"\", FrobnicateTensor, \"\", -1) : (\"input\": "
      "tensor(float),) -> (\"output\": tensor(float),) , Error No Op registered for "
      "FrobnicateTensor "
      "with domain_version of 17");
  EXPECT_EQ(error.code, Code::kUnsupported);
  EXPECT_EQ(error.message,
            "the operator FrobnicateTensor is not known in opset 17: the model needs a custom "
            "operator, or an opset that has it");
}

TEST(OrtError, NamesTheLocaleThatTheMachineLacks) {
  const auto error = TranslateLoadError(
      "Exception during initialization: /onnxruntime_src/string_normalizer.cc:90 "
      "onnxruntime::string_normalizer::Locale::Locale(const std::string&)::<lambda()> Failed to "
      "construct locale with name:de_DE.UTF-8:locale::facet::_S_create_c_locale name not "
      "valid:Please, install necessary language-pack-XX and configure locales");
  EXPECT_EQ(error.code, Code::kUnsupported);
  EXPECT_EQ(error.message,
            "the model changes the case of texts by the rules of the locale de_DE.UTF-8, which "
            "this machine does not have; install it (on Debian the package locales-all, or locales "
            "and then locale-gen)");
}

TEST(OrtError, NamesTheDomainOfACustomOperator) {
  const auto error =
      TranslateLoadError("Fatal error: com.example:Scale(-1) is not a registered function/op");
  EXPECT_EQ(error.code, Code::kUnsupported);
  EXPECT_NE(error.message.find("operator Scale of the domain com.example"), std::string::npos);
}

TEST(OrtError, SaysWhichOpsetIsTheNewest) {
  const auto error = TranslateLoadError(
      "/onnxruntime_src/onnxruntime/core/graph/model_load_utils.h:46 void "
      "onnxruntime::model_load_utils::ValidateOpsetForDomain(const std::unordered_map<std::string, "
      "int>&, bool, int) ONNX Runtime only *guarantees* support for models stamped with official "
      "released onnx opset versions. Opset 999 is under development and support for this is "
      "limited. "
      "The operator schemas and or other functionality may change before next ONNX release and in "
      "this case ONNX Runtime will not guarantee backward compatibility. Current official support "
      "for domain ai.onnx is till opset 26.");
  EXPECT_EQ(error.code, Code::kUnsupported);
  EXPECT_EQ(error.message,
            "the model uses opset 999 of ai.onnx; the newest that is supported is 26: export it "
            "again with a lower target_opset");
}

TEST(OrtError, SaysWhichIrVersionIsTheNewest) {
  const auto error = TranslateLoadError(
      "/x/graph/model.cc:181 onnxruntime::Model::Model(onnx::ModelProto&&, const "
      "onnxruntime::PathString&) Unsupported model IR version: 14, max supported IR version: 13");
  EXPECT_EQ(error.code, Code::kUnsupported);
  EXPECT_NE(error.message.find("IR version 14; the newest that is supported is 13"),
            std::string::npos);
}

TEST(OrtError, BlamesTheModelForWhatHappensInsideIt) {
  const auto error = TranslateRunError(OrtFault::kOther,
                                       "Non-zero status code returned while running Add node. "
                                       "Name:'' Status Message: /x/ops.h:560 void "
                                       "onnxruntime::B::Append(long) 2 by 3");
  EXPECT_EQ(error.code, Code::kInternal);
  EXPECT_EQ(error.message, "the model failed in its operator Add: 2 by 3");
}

TEST(OrtError, KnowsThatMemoryRanOut) {
  for (const char* message :
       {"Non-zero status code returned while running Tile node. Name:'' Status Message: "
        "std::bad_alloc",
        "bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 4000000000"}) {
    const auto error = TranslateRunError(OrtFault::kOther, message);
    EXPECT_EQ(error.code, Code::kUnavailable);
    EXPECT_EQ(error.message, "there is not enough memory to run the model on this input");
  }
}

}  // namespace
}  // namespace moorage::runtime

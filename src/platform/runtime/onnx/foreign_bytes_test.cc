#include "platform/runtime/onnx/foreign_bytes.h"

#include <gtest/gtest.h>

#include <string>

#include "platform/runtime/testing/repository_files.h"

namespace moorage::runtime {
namespace {

using std::string_literals::operator""s;

struct Case {
  std::string name;
  std::string bytes;
  std::string expected;  // a part of the description
};

class ForeignBytes : public testing::TestWithParam<Case> {};

TEST_P(ForeignBytes, AreDescribedSoThatAReaderKnowsWhatToDo) {
  const auto text = DescribeForeignBytes(GetParam().bytes);
  ASSERT_TRUE(text.has_value());
  EXPECT_NE(text->find(GetParam().expected), std::string::npos) << *text;
}

INSTANTIATE_TEST_SUITE_P(
    EveryKind, ForeignBytes,
    testing::Values(Case{"Empty", "", "empty (0 bytes)"},
                    Case{"PickleProtocol2", "\x80\x02}q\x00."s, "a Python pickle (protocol 2)"},
                    Case{"PickleProtocol4", "\x80\x04\x95\x10\0\0\0\0\0\0\0"s, "executes code"},
                    Case{"PickleProtocol5", "\x80\x05\x95\x10\0\0\0\0\0\0\0"s, "skl2onnx"},
                    Case{"PickleProtocol0Dict", "(dp0\nVa\np1\nI1\ns.",
                         "a Python pickle (protocol 0 or 1)"},
                    Case{"PickleProtocol0Object", "ccopy_reg\n_reconstructor\np0\n(c__main__\nX\n",
                         "a Python pickle"},
                    Case{"PickleProtocol1",
                         "}q\x00(X\x01\x00\x00\x00"
                         "aK\x01s."s,
                         "a Python pickle"},
                    Case{"Gzip", "\x1F\x8B\x08\0\0\0\0\0"s, "compressed data"},
                    Case{"JoblibZlib", "\x78\x9C\xED\xBD\x07"s, "joblib"},
                    Case{"TorchZip", "PK\x03\x04\0\0\0\0model/data.pkl"s, "torch.save"},
                    Case{"KerasZip", "PK\x03\x04\0\0\0\0model.weights.h5"s, "Keras"},
                    Case{"NumpyZip", "PK\x03\x04\0\0\0\0x.npy"s, "NumPy archive"},
                    Case{"OtherZip", "PK\x03\x04\0\0\0\0a.txt"s, "a zip archive"},
                    Case{"Hdf5", "\x89HDF\r\n\x1A\n\0\0"s, "HDF5"},
                    Case{"TensorFlowLite", "\x1C\0\0\0TFL3\0"s, "TensorFlow Lite"},
                    Case{"OrtFormat", "\x1C\0\0\0ORTM\0"s, "ORT-format"},
                    Case{"Safetensors", "\x40\0\0\0\0\0\0\0{\"a\":1}"s, "safetensors"},
                    Case{"SavedModel", "\x08\x01\x12\x83\x01\x0A\x10"s, "SavedModel"},
                    Case{"Json", " {\"learner\": {}}", "JSON text"},
                    Case{"Xml", "<?xml version=\"1.0\"?>", "XML"},
                    Case{"LightGbm", "tree\nversion=v4\n", "LightGBM"},
                    Case{"GitLfs", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
                         "git lfs pull"},
                    Case{"Text", "hello, model\n", "plain text"},
                    Case{"Zeros", std::string(4096, '\0'), "nothing but zero bytes"},
                    Case{"Tar", std::string(257, 'x') + "ustar", "a tar archive"}),
    [](const auto& each) { return each.param.name; });

TEST(ForeignBytes, LetEveryRealModelPass) {
  for (const char* path :
       {"examples/cancer/model.onnx", "examples/digits/model.onnx", "examples/wine/model.onnx",
        "examples/diabetes/model.onnx", "tests/testdata/models/identity_fp32.onnx",
        "tests/testdata/models/slow_loop.onnx", "tests/testdata/models/truncated.onnx"}) {
    const std::string bytes = ReadRepositoryFile(path);
    ASSERT_FALSE(bytes.empty()) << path;
    EXPECT_FALSE(DescribeForeignBytes(bytes).has_value()) << path;
  }
}

TEST(ForeignBytes, AreReadWithinTheirBoundsWhateverTheLength) {
  const std::string samples[] = {"\x80", "PK\x03\x04", "\x08\x01\x12\xFF", "c", "(",
                                 "ca\n", "\x1F"};
  for (const std::string& sample : samples) {
    for (std::size_t size = 0; size <= sample.size(); ++size) {
      const auto text = DescribeForeignBytes(sample.substr(0, size));
      EXPECT_TRUE(!text || !text->empty());
    }
  }
}

}  // namespace
}  // namespace moorage::runtime

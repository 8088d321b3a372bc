#include "platform/runtime/onnx/foreign_bytes.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "foundation/base/ascii.h"

namespace moorage::runtime {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kPickleDanger =
    "a pickle executes code when it is opened, so it is never loaded; ";
constexpr std::string_view kPickleAdvice =
    "export the model to ONNX where it was trained (skl2onnx does that for scikit-learn), and push "
    "the .onnx file";
constexpr std::string_view kExportAdvice = "export the model to ONNX and push model.onnx";

bool IsIdentifier(char c) { return base::IsLetter(c) || base::IsDigit(c) || c == '_' || c == '.'; }

// A line of an identifier, as the GLOBAL opcode of pickle protocol 0 writes two of.
bool TakeIdentifierLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || end == 0 || end > 200) return false;
  if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), IsIdentifier)) {
    return false;
  }
  text.remove_prefix(end + 1);
  return true;
}

bool IsOldPickle(std::string_view bytes) {
  if (bytes.starts_with('c')) {
    std::string_view rest = bytes.substr(1);
    return TakeIdentifierLine(rest) && TakeIdentifierLine(rest);
  }
  // MARK or an empty container, then the memo of its place, as in "(dp0\n", "(lp1\n", "}q\0",
  // "]q\0".
  if (bytes.size() >= 5 && bytes[0] == '(' && "dlit"sv.find(bytes[1]) != std::string_view::npos) {
    return bytes[2] == 'p' && base::IsDigit(bytes[3]);
  }
  // Two bytes prove little, so the opcode STOP must end the file.
  return bytes.ends_with('.') && (bytes.starts_with("}q"sv) || bytes.starts_with("]q"sv));
}

std::optional<std::string> DescribePickle(std::string_view bytes) {
  if (bytes.size() >= 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5) {
    return "a Python pickle (protocol " + std::to_string(bytes[1]) +
           "): " + std::string(kPickleDanger) + std::string(kPickleAdvice);
  }
  if (IsOldPickle(bytes)) {
    return "a Python pickle (protocol 0 or 1): " + std::string(kPickleDanger) +
           std::string(kPickleAdvice);
  }
  return std::nullopt;
}

std::string DescribeZip(std::string_view bytes) {
  // The name of each entry stands in front of its data, so those of the first entries are here.
  const std::string_view head = bytes.substr(0, 65536);
  const auto holds = [head](std::string_view name) {
    return head.find(name) != std::string_view::npos;
  };
  if (holds("data.pkl")) {
    return "a zip archive written by torch.save, which holds a pickle: " +
           std::string(kPickleDanger) +
           "export the model with torch.onnx.export, and push the .onnx file";
  }
  if (holds("model.weights.h5")) {
    return "a Keras model (a zip archive): export it with model.export(..., format=\"onnx\") or "
           "tf2onnx";
  }
  if (holds(".npy")) return "a NumPy archive (.npz), which holds arrays and no model";
  return "a zip archive: unpack it and push the model.onnx inside, or " +
         std::string(kExportAdvice);
}

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
};

constexpr std::string_view kCompressed =
    "compressed data (as joblib.dump writes with compress=...): such files usually hold a pickle; "
    "export the model to ONNX where it was trained (skl2onnx does that for scikit-learn), and push "
    "the .onnx file uncompressed";

constexpr std::array kMagics = {
    Magic{0, "\x1F\x8B"sv, kCompressed},
    Magic{0, "\x78\x9C"sv, kCompressed},
    Magic{0, "\x78\x01"sv, kCompressed},
    Magic{0, "\x78\xDA"sv, kCompressed},
    Magic{0, "ZF0x"sv, kCompressed},
    Magic{0, "BZh"sv, kCompressed},
    Magic{0, "\xFD\x37zXZ\0"sv, kCompressed},
    Magic{0, "\x04\x22\x4D\x18"sv, kCompressed},
    Magic{0, "\x28\xB5\x2F\xFD"sv, kCompressed},
    Magic{
        0, "\x89HDF\r\n\x1A\n"sv,
        "an HDF5 file, as older Keras versions save models: export the model to ONNX with tf2onnx"},
    Magic{4, "TFL3"sv, "a TensorFlow Lite model: convert it to ONNX with tf2onnx"},
    Magic{4, "ORTM"sv, "an ORT-format model (.ort): push the .onnx file that it was made from"},
    Magic{0, "GGUF"sv, "a GGUF model: export the model to ONNX"},
    Magic{0, "\x93NUMPY"sv, "a NumPy array (.npy), which holds numbers and no model"},
    Magic{0, "PAR1"sv, "a Parquet file: that is data and no model"},
    Magic{0, "SQLite format 3\0"sv, "an SQLite database: that is data and no model"},
    Magic{0,
          "\x7F"
          "ELF"sv,
          "a program or shared library (ELF) and no model"},
    Magic{257, "ustar"sv, "a tar archive: unpack it and push the model.onnx inside"},
};

// A safetensors file begins with the size of its header as eight bytes in little-endian, then the
// header, which is JSON. Four zeros are a header below 4 GiB.
bool IsSafetensors(std::string_view bytes) {
  return bytes.size() > 10 && bytes.substr(8, 2) == "{\"" && bytes.substr(4, 4) == "\0\0\0\0"sv;
}

// A saved_model.pb begins with schema version 1, then a MetaGraphDef whose first field is a
// message. In ONNX the second field would be the producer's name, which is text.
bool IsSavedModel(std::string_view bytes) {
  if (!bytes.starts_with("\x08\x01\x12"sv)) return false;
  std::size_t at = 3;
  while (at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0x80U) != 0) ++at;
  return at + 1 < bytes.size() && bytes[at + 1] == '\x0A';
}

// Text never holds the control characters that tags and lengths of a graph are made of.
bool IsText(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 1024);
  return std::all_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7F : (c == '\n' || c == '\r' || c == '\t' || c == '\f');
  });
}

std::string DescribeText(std::string_view bytes) {
  std::string_view text = bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t start = text.find_first_not_of(" \t\r\n\f");
  const char first = start == std::string_view::npos ? ' ' : text[start];
  if (text.starts_with("version https://git-lfs")) {
    return "a Git LFS pointer and not the model itself: fetch the file with git lfs pull";
  }
  if (text.starts_with("tree\nversion=")) {
    return "a LightGBM model in text form: convert it to ONNX with onnxmltools, and push the .onnx "
           "file";
  }
  if (first == '{' || first == '[') {
    return "JSON text (XGBoost saves models so): convert the model to ONNX with onnxmltools, "
           "and push the .onnx file";
  }
  if (first == '<') {
    return "XML or HTML text (a PMML model, or a web page instead of a download): " +
           std::string(kExportAdvice);
  }
  return "plain text and no model: " + std::string(kExportAdvice);
}

}  // namespace

std::optional<std::string> DescribeForeignBytes(std::string_view bytes) {
  if (bytes.empty()) return "empty (0 bytes): was it written completely?";
  // Pickles come before text, because their oldest protocol is text.
  if (auto pickle = DescribePickle(bytes)) return pickle;
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) return DescribeZip(bytes);
  for (const Magic& magic : kMagics) {
    if (bytes.size() >= magic.offset &&
        bytes.substr(magic.offset, magic.bytes.size()) == magic.bytes) {
      return std::string(magic.what);
    }
  }
  if (IsSafetensors(bytes))
    return "a safetensors file, which holds weights without a graph: " + std::string(kExportAdvice);
  if (IsSavedModel(bytes)) return "a TensorFlow SavedModel: convert it to ONNX with tf2onnx";
  if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; })) {
    return "nothing but zero bytes: it was not written completely";
  }
  if (IsText(bytes)) return DescribeText(bytes);
  return std::nullopt;
}

}  // namespace moorage::runtime

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moorage::runtime {

// Describes bytes that are not an ONNX model but another kind of file, for instance "a Python
// pickle (protocol 4): ...". The text continues the words "the file is" and ends with what to do
// about it. Nothing if the bytes may be an ONNX model. Pure. Looks at the first kilobytes only and
// never interprets the content.
std::optional<std::string> DescribeForeignBytes(std::string_view bytes);

}  // namespace moorage::runtime

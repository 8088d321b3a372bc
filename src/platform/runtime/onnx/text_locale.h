#pragma once

// The locale of text models. ONNX Runtime changes the case of a text by the rules of the locale
// en_US.UTF-8, which slim images of Linux do not have (docs/decisions/0023-text-locale.md).

#include <string_view>

namespace moorage::runtime {

inline constexpr std::string_view kTextLocale = "en_US.UTF-8";

// Lets the C++ library make kTextLocale on a machine without it, with the rules for characters of
// C.UTF-8, which are the same. The C library from 2.35 on has that one built in. Returns false if
// the locale cannot be made. Any thread.
bool ProvideTextLocale();

}  // namespace moorage::runtime

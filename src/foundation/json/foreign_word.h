#pragma once

#include <string_view>

namespace moorage::json {

// What other languages write where JSON has another word, such as NaN, None or a string in single
// quotes. Returns a sentence fragment that names it and what to send, or null if `text` begins with
// no such word. Pure.
const char* ForeignWordProblem(std::string_view text);

}  // namespace moorage::json

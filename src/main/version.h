#pragma once

#include <string_view>

namespace moorage::main {

// The version of this program, from CMakeLists.txt.
inline constexpr std::string_view kVersion = MOORAGE_VERSION;
// How evidence names this program.
inline constexpr std::string_view kProgram = "moorage " MOORAGE_VERSION;

}  // namespace moorage::main

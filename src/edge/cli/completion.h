#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace moorage::cli {

// Scripts that let a shell complete the words of this command line. They complete commands and
// options as they are described, and file names where neither fits. Values are not completed.
std::string BashCompletion(const CLI::App& app);
std::string ZshCompletion(const CLI::App& app);
std::string FishCompletion(const CLI::App& app);

}  // namespace moorage::cli

#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace moorage::cli {

// Options are described once and read when the command runs. Nothing is bound to a variable. `type`
// is the name of the value in the help, as in "FILE".
CLI::Option& AddText(CLI::App& command, const std::string& name, const std::string& type,
                     const std::string& description);
// One that may be there several times.
CLI::Option& AddTexts(CLI::App& command, const std::string& name, const std::string& type,
                      const std::string& description);
// One without a value.
void AddFlag(CLI::App& command, const std::string& name, const std::string& description);
// A positional word that must be there.
CLI::Option& AddWord(CLI::App& command, const std::string& name, const std::string& description);

bool Has(const CLI::App& words, const std::string& name);
// The value that was given. Empty if the option was not.
std::string Text(const CLI::App& words, const std::string& name);
std::vector<std::string> Texts(const CLI::App& words, const std::string& name);

// Adds command lines to copy. They stand above the footer.
void AddExamples(CLI::App& command, std::initializer_list<std::string_view> lines);

// The commands of a group, or of the program.
std::vector<const CLI::App*> Below(const CLI::App& command);
// "moorage config show"
std::string FullName(const CLI::App& command);

}  // namespace moorage::cli

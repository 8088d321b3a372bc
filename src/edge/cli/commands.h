#pragma once

// The commands of the program, and what they are made with.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "edge/cli/shell.h"
#include "foundation/base/result.h"

namespace moorage::cli {

// Runs a command with its arguments. Returns its exit code, or the error to print.
using Command = base::Result<int>(const CLI::App& words, Shell& shell);

// The command line while it is described. Every command adds its options. The one that is called is
// left in `chosen`.
struct CommandLine {
  CLI::App& app;
  Shell& shell;
  std::function<base::Result<int>()> chosen = {};

  // A subcommand of `app` with the options that all have.
  CLI::App& Add(const std::string& name, const std::string& description, Command* run);
  // The same below a command that only groups others ("config show").
  CLI::App& AddBelow(CLI::App& group, const std::string& name, const std::string& description,
                     Command* run);
};

// One for each file command_<name>.cc. A command parses, calls and prints.
void AddServe(CommandLine& line);
void AddPush(CommandLine& line);
void AddModels(CommandLine& line);
void AddShow(CommandLine& line);
void AddDiff(CommandLine& line);
void AddHistory(CommandLine& line);
void AddAudit(CommandLine& line);
void AddValidate(CommandLine& line);
void AddPromote(CommandLine& line);
void AddRollback(CommandLine& line);
void AddAlias(CommandLine& line);
void AddPredict(CommandLine& line);
void AddDelete(CommandLine& line);
void AddGc(CommandLine& line);
void AddDoctor(CommandLine& line);
void AddHealthcheck(CommandLine& line);
void AddStatus(CommandLine& line);
void AddConfig(CommandLine& line);
void AddConfigShow(CommandLine& line, CLI::App& group);
void AddConfigCheck(CommandLine& line, CLI::App& group);
void AddVersion(CommandLine& line);
void AddCompletion(CommandLine& line);
void AddHelp(CommandLine& line);

}  // namespace moorage::cli

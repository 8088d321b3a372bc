#include "edge/cli/app.h"

#include <algorithm>
#include <string>
#include <vector>

#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/suggestion.h"

namespace moorage::cli {

namespace {

constexpr std::size_t kOptionColumn = 34;
constexpr const char* kDescription =
    "Moorage takes a trained model to production: push, validate, promote, serve.";
constexpr const char* kFooter =
    "A reference is NAME@VERSION or NAME@ALIAS; a bare NAME means NAME@production.\n"
    "Exit codes: 0 done or PASS, 1 FAIL or refused, 2 INCONCLUSIVE, 3 error, 64 wrong usage.";

void AddAll(CommandLine& line) {
  AddServe(line);
  AddPush(line);
  AddModels(line);
  AddShow(line);
  AddDiff(line);
  AddHistory(line);
  AddAudit(line);
  AddValidate(line);
  AddPromote(line);
  AddRollback(line);
  AddAlias(line);
  AddPredict(line);
  AddDelete(line);
  AddGc(line);
  AddDoctor(line);
  AddHealthcheck(line);
  AddStatus(line);
  AddConfig(line);
  AddVersion(line);
  AddCompletion(line);
  AddHelp(line);
}

// The command that the arguments name, or the program itself. A typo may have meant one of its
// options.
const CLI::App& Named(const CLI::App& app) {
  const auto called = app.get_subcommands();
  return called.empty() ? app : Named(*called.front());
}

// The options that all commands have, after their own. They may stand before the command, too.
void AddCommonOptions(CLI::App& command, GlobalOptions& options) {
  for (CLI::App* below : command.get_subcommands([](CLI::App*) { return true; })) {
    AddCommonOptions(*below, options);
  }
  constexpr const char* kGroup = "Everywhere";
  command.set_help_flag("-h,--help", "Print this help and end")->group(kGroup);
  command.add_flag("--json", options.json, "Print the result as JSON")->group(kGroup);
  const auto add = [&](const char* name, const char* type, const char* what, std::string& value) {
    command.add_option(name, value, what)->type_name(type)->group(kGroup);
  };
  add("--config", "FILE", "Configuration file (default moorage.yaml)", options.config);
  add("--server", "URL", "Work on this server, not the local registry", options.server);
  add("--token", "TOKEN", "Bearer token for --server (else MOORAGE_TOKEN)", options.token);
}

// The commands and options that may stand where a typo stands.
std::vector<std::string> KnownWords(const CLI::App& command) {
  std::vector<std::string> known;
  for (const CLI::App* below : Below(command)) known.push_back(below->get_name());
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_lnames().empty()) known.push_back("--" + option->get_lnames().front());
  }
  return known;
}

// The first argument that looks like an option and is none. Empty if there is none.
std::string UnknownOption(const std::vector<std::string>& words,
                          const std::vector<std::string>& known) {
  for (const std::string& word : words) {
    const std::string bare = word.substr(0, word.find('='));
    const bool is_known = std::find(known.begin(), known.end(), bare) != known.end();
    // A bare "--" ends the options and is none itself.
    if (bare.starts_with("--") && bare.size() > 2 && !is_known) return bare;
  }
  return "";
}

// The word behind the name of a group of commands, where a command of the group should be.
std::string UnknownCommand(const std::vector<std::string>& words, const CLI::App& group) {
  if (Below(group).empty()) return "";
  const auto at = std::find(words.begin(), words.end(), group.get_name());
  // The program's own name is not among the words. Its commands begin at the first one.
  const auto next = at == words.end() ? words.begin() : at + 1;
  return next == words.end() || next->starts_with('-') ? "" : *next;
}

// What is wrong with the words, and where help is.
std::string Complaint(const CLI::App& app, const std::vector<std::string>& words,
                      std::string problem) {
  const CLI::App& named = Named(app);
  const std::vector<std::string> known = KnownWords(named);
  std::replace(problem.begin(), problem.end(), '\n', ' ');
  // CLI11 reports what is missing before what is unknown. A typo is often the cause of both, so the
  // words are searched for one first.
  const std::string command = UnknownCommand(words, named);
  const std::string option = UnknownOption(words, known);
  if (!command.empty()) {
    problem = "unknown command '" + command + "'";
  } else if (!option.empty()) {
    problem = "unknown option '" + option + "'";
  }
  const std::string nearest = NearestWord(command.empty() ? option : command, known);
  if (!nearest.empty()) problem += "; did you mean '" + nearest + "'?";
  return "moorage: " + problem + "\nSee: " + FullName(named) + " --help\n";
}

}  // namespace

CLI::App& CommandLine::Add(const std::string& name, const std::string& description, Command* run) {
  return AddBelow(app, name, description, run);
}

CLI::App& CommandLine::AddBelow(CLI::App& group, const std::string& name,
                                const std::string& description, Command* run) {
  CLI::App& command = *group.add_subcommand(name, description);
  // CLI11 calls back within parse(), where an exception counts as wrong usage. The callback only
  // remembers the command, which runs after it.
  command.callback(
      [this, &command, run] { chosen = [this, &command, run] { return run(command, shell); }; });
  command.set_help_flag();  // with the common options, below those of the command
  return command;
}

namespace {

// Runs the command that the words name. Returns the exit code.
int RunWords(int argc, const char* const* argv, const Surroundings& surroundings, Shell& shell) {
  CLI::App app(kDescription, "moorage");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", "moorage " + surroundings.version, "Print the version and end");
  app.get_formatter()->column_width(kOptionColumn);
  CommandLine line{app, shell};
  AddAll(line);
  AddCommonOptions(app, shell.options());
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    // CLI11 delegates to the command that was named.
    shell.Print(app.help());
    return static_cast<int>(ExitCode::kDone);
  } catch (const CLI::CallForVersion&) {
    shell.Print("moorage " + surroundings.version + "\n");
    return static_cast<int>(ExitCode::kDone);
  } catch (const CLI::ParseError& error) {
    shell.Say(words.empty() ? app.help() : Complaint(app, words, error.what()));
    return static_cast<int>(ExitCode::kUsage);
  }
  // A command is required, so parse() has chosen one.
  const auto code = line.chosen();
  return code.ok() ? *code : shell.Fail(code.error());
}

}  // namespace

int Run(int argc, const char* const* argv, const Surroundings& surroundings) {
  Shell shell(surroundings);
  const int code = RunWords(argc, argv, surroundings, shell);
  // A script must not take half an output for the whole, so the exit code is an error's.
  const base::Status printed = shell.Printed();
  if (printed.ok()) return code;
  // The reader of a pipe wanted no more ("moorage audit | head"), and knows that.
  if (printed.error().code == base::Code::kCancelled) return static_cast<int>(ExitCode::kError);
  return shell.Fail(printed.error());
}

}  // namespace moorage::cli

#include "edge/cli/app.h"

#include <algorithm>
#include <string>
#include <vector>

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
  AddPredict(line);
  AddDelete(line);
  AddGc(line);
  AddDoctor(line);
  AddHealthcheck(line);
  AddStatus(line);
  AddConfig(line);
  AddVersion(line);
}

// The command that the words named, or the program itself: whose options a typo may have meant.
const CLI::App& Named(const CLI::App& app) {
  const auto called = app.get_subcommands();
  return called.empty() ? app : Named(*called.front());
}

// The options that all commands have, after their own.
void AddCommonOptions(CLI::App& command, GlobalOptions& options) {
  for (CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; })) {
    AddCommonOptions(*below, options);
  }
  constexpr const char* kGroup = "Everywhere";
  command.set_help_flag("-h,--help", "Print this help and end")->group(kGroup);
  if (!command.get_subcommands([](const CLI::App*) { return true; }).empty()) return;
  command.add_flag("--json", options.json, "Print the result as JSON")->group(kGroup);
  const auto add = [&](const char* name, const char* type, const char* what, std::string& value) {
    command.add_option(name, value, what)->type_name(type)->group(kGroup);
  };
  add("--config", "FILE", "Configuration file (default moorage.yaml)", options.config);
  add("--server", "URL", "Work on this server, not the local registry", options.server);
  add("--token", "TOKEN", "Bearer token for --server (else MOORAGE_TOKEN)", options.token);
}

// "moorage config show"
std::string FullName(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  return (above == nullptr ? "" : FullName(*above) + " ") + command.get_name();
}

// The commands and options that may stand where a typo stands.
std::vector<std::string> KnownWords(const CLI::App& command) {
  std::vector<std::string> known;
  for (const CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(below->get_name());
  }
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_lnames().empty()) known.push_back("--" + option->get_lnames().front());
  }
  return known;
}

// "did you mean '--target'?" for a word that no command or option knows.
std::string Hint(const std::vector<std::string>& words, const std::vector<std::string>& known) {
  for (const std::string& word : words) {
    const std::string bare = word.substr(0, word.find('='));
    if (std::find(known.begin(), known.end(), bare) != known.end()) continue;
    const std::string nearest = NearestWord(bare, known);
    if (!nearest.empty()) return "; did you mean '" + nearest + "'?";
  }
  return "";
}

// What is wrong with the words, and where help is.
std::string Complaint(const CLI::App& app, const std::vector<std::string>& words,
                      std::string problem) {
  const CLI::App& named = Named(app);
  std::replace(problem.begin(), problem.end(), '\n', ' ');
  // A group of commands was called without one that it knows.
  const bool is_group = !named.get_subcommands([](const CLI::App*) { return true; }).empty();
  std::vector<std::string> suspects;
  if (is_group) {
    const auto at = std::find(words.begin(), words.end(), named.get_name());
    const auto next = at == words.end() ? words.begin() : at + 1;
    if (next != words.end() && !next->starts_with('-')) {
      problem = "unknown command '" + *next + "'";
      suspects.push_back(*next);
    }
  }
  if (suspects.empty()) {
    for (const std::string& word : words) {
      if (word.starts_with("--")) suspects.push_back(word);
    }
  }
  return "moorage: " + problem + Hint(suspects, KnownWords(named)) + "\nSee: " + FullName(named) +
         " --help\n";
}

}  // namespace

CLI::App& CommandLine::Add(const std::string& name, const std::string& description, Command* run) {
  return AddBelow(app, name, description, run);
}

CLI::App& CommandLine::AddBelow(CLI::App& group, const std::string& name,
                                const std::string& description, Command* run) {
  CLI::App& command = *group.add_subcommand(name, description);
  command.callback(
      [this, &command, run] { chosen = [this, &command, run] { return run(command, shell); }; });
  command.set_help_flag();  // with the common options, below those of the command
  return command;
}

int Run(int argc, const char* const* argv, const Surroundings& surroundings) {
  CLI::App app(kDescription, "moorage");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", "moorage " + surroundings.version, "Print the version and end");
  app.get_formatter()->column_width(kOptionColumn);
  Shell shell(surroundings);
  CommandLine line{app, shell};
  AddAll(line);
  AddCommonOptions(app, shell.options());
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    shell.Print(app.help());
    return static_cast<int>(ExitCode::kDone);
  } catch (const CLI::CallForVersion&) {
    shell.Print("moorage " + surroundings.version + "\n");
    return static_cast<int>(ExitCode::kDone);
  } catch (const CLI::ParseError& error) {
    shell.Say(words.empty() ? app.help() : Complaint(app, words, error.what()));
    return static_cast<int>(ExitCode::kUsage);
  }
  const auto code = line.chosen();
  return code.ok() ? *code : shell.Fail(code.error());
}

}  // namespace moorage::cli

#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/suggestion.h"

namespace moorage::cli {

namespace {

const CLI::App* Find(const CLI::App& command, const std::string& name) {
  for (const CLI::App* below : Below(command)) {
    if (below->get_name() == name) return below;
  }
  return nullptr;
}

int Unknown(const CLI::App& command, const std::string& name, Shell& shell) {
  std::vector<std::string> known;
  for (const CLI::App* below : Below(command)) known.push_back(below->get_name());
  const std::string nearest = NearestWord(name, known);
  shell.Say("moorage: unknown command '" + name + "'" +
            (nearest.empty() ? "" : "; did you mean '" + nearest + "'?") +
            "\nSee: " + FullName(command) + " --help\n");
  return static_cast<int>(ExitCode::kUsage);
}

base::Result<int> Help(const CLI::App& words, Shell& shell) {
  const CLI::App* command = words.get_parent();
  for (const std::string& name : Texts(words, "command")) {
    const CLI::App* below = Find(*command, name);
    if (below == nullptr) return Unknown(*command, name, shell);
    command = below;
  }
  // CLI::App::help() delegates to the command that was parsed, which is `help` itself.
  const auto formatter = command->get_formatter();
  shell.Print(formatter->make_help(command, FullName(*command), CLI::AppFormatMode::Normal));
  return 0;
}

}  // namespace

void AddHelp(CommandLine& line) {
  CLI::App& command = line.Add("help", "Print the help of a command", &Help);
  // A command of a group is two words, as in `help config show`.
  AddWord(command, "command", "The command; all of them are listed if there is none")
      .required(false)
      ->type_name("COMMAND")
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args();
  AddExamples(command, {"moorage help push", "moorage help config show"});
}

}  // namespace moorage::cli

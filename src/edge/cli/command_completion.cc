#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/completion.h"

namespace moorage::cli {

namespace {

base::Result<int> Completion(const CLI::App& words, Shell& shell) {
  const std::string of = Text(words, "shell");
  const CLI::App& app = *words.get_parent();
  shell.Print(of == "bash"  ? BashCompletion(app)
              : of == "zsh" ? ZshCompletion(app)
                            : FishCompletion(app));
  return 0;
}

}  // namespace

void AddCompletion(CommandLine& line) {
  CLI::App& command =
      line.Add("completion", "Print a script that completes commands and options", &Completion);
  AddWord(command, "shell", "bash, zsh or fish")
      .type_name("SHELL")
      // The help of the word names the shells, so the check does not list them once more.
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
  AddExamples(command,
              {"source <(moorage completion bash)", "moorage completion zsh > ~/.zfunc/_moorage",
               "moorage completion fish | source"});
}

}  // namespace moorage::cli

#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"

namespace moorage::cli {

namespace {

base::Result<int> Version(const CLI::App& /*words*/, Shell& shell) {
  const std::string& version = shell.surroundings().version;
  shell.Show({{"version", version}},
             [&version](const json::Json& /*document*/) { return "moorage " + version + "\n"; });
  return 0;
}

}  // namespace

void AddVersion(CommandLine& line) {
  CLI::App& command = line.Add("version", "Print the version", &Version);
  AddExamples(command, {"moorage version --json"});
}

}  // namespace moorage::cli

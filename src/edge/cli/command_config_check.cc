#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/text.h"
#include "platform/config/config.h"

namespace moorage::cli {

namespace {

using cli_text::Counted;
using json::Json;

base::Result<int> CheckConfig(const CLI::App& /*words*/, Shell& shell) {
  ASSIGN_OR_RETURN(const auto loaded, shell.LoadConfig());
  std::size_t set = 0;
  for (const auto& [key, origin] : loaded.origins) set += origin.source == "default" ? 0 : 1;
  shell.Show({{"valid", true}, {"set", set}}, [](const Json& document) {
    return "The configuration is valid; " + Counted(document["set"], "key") +
           " set, the others have their defaults.\n";
  });
  return 0;
}

}  // namespace

void AddConfigCheck(CommandLine& line, CLI::App& group) {
  CLI::App& command =
      line.AddBelow(group, "check", "Say whether the configuration is valid", &CheckConfig);
  AddExamples(command, {"moorage config check --config moorage.yaml"});
}

}  // namespace moorage::cli

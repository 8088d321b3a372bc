#include "edge/cli/commands.h"

namespace moorage::cli {

void AddConfig(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("config", "Look at the configuration");
  group.require_subcommand(1);
  group.set_help_flag();
  AddConfigShow(line, group);
  AddConfigCheck(line, group);
}

}  // namespace moorage::cli

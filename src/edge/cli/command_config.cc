#include "edge/cli/commands.h"
#include "edge/cli/table.h"
#include "edge/cli/text.h"
#include "edge/cli/words.h"

namespace moorage::cli {

namespace {

using json::Json;

// "serving.batch_size" -> the value in the document, null if there is none.
Json ValueAt(const Json& document, const std::string& dotted) {
  const Json* at = &document;
  std::size_t from = 0;
  while (from <= dotted.size()) {
    const std::size_t dot = std::min(dotted.find('.', from), dotted.size());
    const auto found = at->find(dotted.substr(from, dot - from));
    if (found == at->end()) return nullptr;
    at = &*found;
    from = dot + 1;
  }
  return *at;
}

base::Result<int> ShowConfig(const CLI::App& /*words*/, Shell& shell) {
  ASSIGN_OR_RETURN(const auto loaded, shell.LoadConfig());
  const Json document = config::ToJson(loaded.config);
  const Width width = shell.width();
  shell.Show(document, [&loaded, width](const Json& shown) {
    Table table({{"KEY"}, {"VALUE"}, {"FROM"}});
    for (const auto& [key, origin] : loaded.origins) {
      const Json value = ValueAt(shown, key);
      table.Add({key, value.is_null() ? "-" : json::ToText(value), origin.source});
    }
    return table.ToText(width);
  });
  return 0;
}

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

void AddConfig(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("config", "Look at the configuration");
  group.require_subcommand(1);
  group.set_help_flag();
  CLI::App& show = line.AddBelow(
      group, "show", "Print the effective value of every key, and where it is from", &ShowConfig);
  AddExamples(show, {"moorage config show",
                     "MOORAGE_SERVING__BATCH_SIZE=8 moorage config show --config moorage.yaml"});
  CLI::App& check =
      line.AddBelow(group, "check", "Say whether the configuration is valid", &CheckConfig);
  AddExamples(check, {"moorage config check --config moorage.yaml"});
}

}  // namespace moorage::cli

#include <algorithm>
#include <string>

#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/table.h"
#include "platform/config/config.h"

namespace moorage::cli {

namespace {

using cli_text::Table;
using cli_text::Width;
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

}  // namespace

void AddConfigShow(CommandLine& line, CLI::App& group) {
  CLI::App& command = line.AddBelow(
      group, "show", "Print the effective value of every key, and where it is from", &ShowConfig);
  AddExamples(command, {"moorage config show",
                        "MOORAGE_SERVING__BATCH_SIZE=8 moorage config show --config moorage.yaml"});
}

}  // namespace moorage::cli
